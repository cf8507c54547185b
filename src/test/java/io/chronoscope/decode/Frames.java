package io.chronoscope.decode;

import io.chronoscope.decode.MediaDecoder.FrameSink;
import io.chronoscope.model.Picture;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;

/// Collects what a decoder offers.
final class Frames implements FrameSink {

  record Span(long from, long until) {}

  /// @param brightness of each pixel's red channel, `[height][width]`
  record Shown(long from, int widthPx, int heightPx, int[][] brightness) {}

  final List<Span> offered = new ArrayList<>();
  final List<Shown> shown = new ArrayList<>();
  private final LongPredicate wanted;

  Frames(LongPredicate wanted) {
    this.wanted = wanted;
  }

  static Frames none() {
    return new Frames(from -> false);
  }

  static Frames all() {
    return new Frames(from -> true);
  }

  List<Long> times() {
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
