package io.chronoscope.sampling;

import java.util.List;

/// The times of sampled frames.
///
/// @param micros absolute, ascending; at least one
public record FrameTimes(List<Long> micros) {

  public FrameTimes {
    micros = List.copyOf(micros);
    if (micros.isEmpty()) {
      throw new IllegalArgumentException("no frames");
    }
    for (int i = 1; i < micros.size(); i++) {
      if (micros.get(i) <= micros.get(i - 1)) {
        throw new IllegalArgumentException(
            "frame %d at %d µs is not later than the one before it at %d µs"
                .formatted(i, micros.get(i), micros.get(i - 1)));
      }
    }
  }

  /// Uncertainty of a boundary reported at `timeMicros` (absolute), because the model saw nothing
  /// between frames: the distance between the two frames around it; at a frame's own time, the
  /// larger distance to its neighbors; outside the frames, the distance to the nearest one or the
  /// interval next to it, whichever is larger.
  public long toleranceMicrosAt(long timeMicros) {
    int after = 0;
    while (after < micros.size() && micros.get(after) <= timeMicros) {
      after++;
    }
    int last = micros.size() - 1;
    if (after == 0) {
      return Math.max(micros.getFirst() - timeMicros, gapAfter(0));
    }
    long at = micros.get(after - 1);
    if (after - 1 == last) {
      return Math.max(timeMicros - at, gapAfter(last - 1));
    }
    return at == timeMicros
        ? Math.max(gapAfter(after - 2), gapAfter(after - 1))
        : gapAfter(after - 1);
  }

  private long gapAfter(int i) {
    return i < 0 || i + 1 >= micros.size() ? 0 : micros.get(i + 1) - micros.get(i);
  }
}
