package io.chronoscope.decode;

import io.chronoscope.domain.UnreadableMediaException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/// What a segment or a file is, by its own bytes.
public final class MediaProbe {

  private MediaProbe() {}

  /// @param contentType MIME type of the container
  /// @param codec FFmpeg's name
  public record Found(String contentType, String codec) implements TaskOutput {}

  /// Reads the headers; decodes nothing.
  ///
  /// @throws UnreadableMediaException when [FfmpegDecoder] cannot read it as video
  public static Found of(ByteBuffer media, DecodeLimits limits) throws UnreadableMediaException {
    return of(MemorySegment.ofBuffer(media), limits);
  }

  /// @see #of(ByteBuffer, DecodeLimits)
  public static Found of(MemorySegment media, DecodeLimits limits) throws UnreadableMediaException {
    try (VideoInput input = VideoInput.open(media, limits)) {
      return new Found(input.container().contentType(), input.codecName());
    }
  }
}
