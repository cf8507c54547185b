package io.chronoscope.cli.bench.damage;

import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.decode.FfmpegDecoder;
import io.chronoscope.decode.MediaDecoder.FrameSink;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.domain.Picture;
import io.chronoscope.domain.UnreadableMediaException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a decoder shows of a file as seen.
///
/// @param frames in order, with their times
record Shown(MediaFacts facts, List<Frame> frames) {

  /// @param green brightness of the green channel, one byte for each pixel
  record Frame(long fromMicros, long untilMicros, byte[] green) {}

  /// @throws UnreadableMediaException when the decoder refuses the file
  static Shown of(byte[] media) throws UnreadableMediaException {
    return of(media, DecodeLimits.DEFAULTS);
  }

  /// @param limits with what the envelope states
  static Shown of(byte[] media, DecodeLimits limits) throws UnreadableMediaException {
    List<Frame> frames = new ArrayList<>();
    MediaFacts facts =
        new FfmpegDecoder()
            .decode(
                ByteBuffer.wrap(media),
                limits,
                new FrameSink() {
                  @Override
                  public boolean wants(long from, long until) {
                    return true;
                  }

                  @Override
                  public void frame(long from, long until, Picture picture) {
                    try (picture) {
                      frames.add(new Frame(from, until, green(picture)));
                    }
                  }
                });
    return new Shown(facts, frames);
  }

  private static byte[] green(Picture picture) {
    byte[] rgb = picture.rgb().toArray(ValueLayout.JAVA_BYTE);
    byte[] green = new byte[rgb.length / 3];
    for (int i = 0; i < green.length; i++) {
      green[i] = rgb[3 * i + 1];
    }
    return green;
  }

  /// The frame that is shown at a time, or null.
  @Nullable Frame at(long micros) {
    for (Frame frame : frames) {
      if (frame.fromMicros <= micros && micros < frame.untilMicros) {
        return frame;
      }
    }
    return null;
  }
}
