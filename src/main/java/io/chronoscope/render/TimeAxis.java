package io.chronoscope.render;

import java.util.ArrayList;
import java.util.List;

/// Maps times to positions on an axis.
///
/// @param startMs time at the start of the axis
/// @param durationMs time that the whole axis covers
/// @param length of the axis in the unit it is drawn in: cells or pixels
record TimeAxis(long startMs, long durationMs, double length) {

  TimeAxis(long durationMs, double length) {
    this(0, durationMs, length);
  }

  private static final long[] STEPS_MS = {
    1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000,
    1_800_000, 3_600_000
  };

  TimeAxis {
    durationMs = Math.max(1, durationMs);
  }

  /// Returns the position of a time; the nearer end for times outside the axis.
  double at(long ms) {
    return Math.clamp((double) (ms - startMs) / durationMs, 0, 1) * length;
  }

  /// Returns the times to label: round ones, at least `spacing` apart on the axis.
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
