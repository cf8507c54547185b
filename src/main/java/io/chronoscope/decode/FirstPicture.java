package io.chronoscope.decode;

import io.chronoscope.domain.Picture;
import io.chronoscope.domain.UnreadableMediaException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Decodes a still picture, or the first frame of a video.
public final class FirstPicture implements MediaDecoder.FrameSink {

  private final List<Picture> pictures = new ArrayList<>();

  private FirstPicture() {}

  /// @param media read from position to limit; not moved
  /// @return owned by the caller, which closes it
  /// @throws UnreadableMediaException when it cannot be decoded
  public static Picture of(MediaDecoder decoder, ByteBuffer media, DecodeLimits limits)
      throws UnreadableMediaException {
    FirstPicture first = new FirstPicture();
    boolean decoded = false;
    try {
      var unused = decoder.decode(media, limits, first);
      decoded = true;
      return first.pictures.getFirst();
    } finally {
      if (!decoded) {
        first.pictures.forEach(Picture::close);
      }
    }
  }

  @Override
  public boolean wants(long fromMicros, long untilMicros) {
    return pictures.isEmpty();
  }

  @Override
  public void frame(long fromMicros, long untilMicros, Picture picture) {
    pictures.add(picture);
  }
}
