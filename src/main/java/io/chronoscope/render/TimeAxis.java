package io.chronoscope.render;

import java.util.ArrayList;
import java.util.List;

/// Where on an axis a time stands.
///
/// @param startMs at the axis' beginning
/// @param durationMs what the whole axis stands for
/// @param length of the axis, in whatever it is drawn with: cells, pixels
record TimeAxis(long startMs, long durationMs, double length) {

  TimeAxis(long durationMs, double length) {
    this(0, durationMs, length);
  }

  private static final long[] STEPS_MS = {
    500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000,
    1_800_000, 3_600_000
  };

  TimeAxis {
    durationMs = Math.max(1, durationMs);
  }

  double at(long ms) {
    return Math.clamp((double) (ms - startMs) / durationMs, 0, 1) * length;
  }

  /// Times to be labelled: round ones, at least `spacing` apart on the axis.
  List<Long> ticks(double spacing) {
    long step = STEPS_MS[STEPS_MS.length - 1];
    for (long candidate : STEPS_MS) {
      if (candidate * length / durationMs >= spacing) {
        step = candidate;
        break;
      }
    }
    while (step * length / durationMs < spacing) {
      step *= 2;
    }
    List<Long> ticks = new ArrayList<>();
    long first = Math.ceilDiv(startMs, step) * step;
    for (long t = first; t <= startMs + durationMs; t += step) {
      ticks.add(t);
    }
    return ticks;
  }
}
