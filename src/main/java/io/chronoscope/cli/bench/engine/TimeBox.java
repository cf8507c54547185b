package io.chronoscope.cli.bench.engine;

import java.time.Duration;
import java.util.OptionalLong;

/// When a benchmark has to be done. A row starts only while there is time for one as long as the
/// longest so far; rows tend to grow along the plan, so that the last one may end a little later.
///
/// @param endNanos on the clock of [System#nanoTime()]; empty for a benchmark that takes its time
public record TimeBox(OptionalLong endNanos) {

  public static final TimeBox UNLIMITED = new TimeBox(OptionalLong.empty());

  /// Ends after a time.
  ///
  /// @param time from now
  public static TimeBox of(Duration time) {
    return new TimeBox(OptionalLong.of(System.nanoTime() + time.toNanos()));
  }

  /// Time that is left; zero when there is none.
  public double secondsLeft() {
    return endNanos.isPresent()
        ? Math.max(0, (endNanos.getAsLong() - System.nanoTime()) / 1e9)
        : Double.POSITIVE_INFINITY;
  }

  boolean fits(double seconds) {
    return secondsLeft() > seconds;
  }
}
