package io.chronoscope.testing;

import io.chronoscope.decode.MediaDecoder.FrameSink;
import io.chronoscope.domain.Picture;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;

/// A sink that records the frames that a decoder offers.
public final class Frames implements FrameSink {

  public record Span(long from, long until) {}

  /// @param brightness of each pixel's red channel, `[height][width]`
  public record Shown(long from, int widthPx, int heightPx, int[][] brightness) {}

  public final List<Span> offered = new ArrayList<>();
  public final List<Shown> shown = new ArrayList<>();
  private final LongPredicate wanted;

  public Frames(LongPredicate wanted) {
    this.wanted = wanted;
  }

  public static Frames none() {
    return new Frames(from -> false);
  }

  public static Frames all() {
    return new Frames(from -> true);
  }

  public List<Long> times() {
    return offered.stream().map(Span::from).toList();
  }

  @Override
  public boolean wants(long fromMicros, long untilMicros) {
    offered.add(new Span(fromMicros, untilMicros));
    return wanted.test(fromMicros);
  }

  @Override
  public void frame(long fromMicros, long untilMicros, Picture picture) {
    try (picture) {
      int[][] brightness = new int[picture.heightPx()][picture.widthPx()];
      for (int y = 0; y < picture.heightPx(); y++) {
        for (int x = 0; x < picture.widthPx(); x++) {
          brightness[y][x] =
              picture.rgb().get(ValueLayout.JAVA_BYTE, 3L * (y * picture.widthPx() + x)) & 0xff;
        }
      }
      shown.add(new Shown(fromMicros, picture.widthPx(), picture.heightPx(), brightness));
    }
  }
}
