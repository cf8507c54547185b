package io.chronoscope.cli.bench;

import io.chronoscope.cli.console.Decimals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What `bench load` is going to do: how long it takes, and which of its figures will mean nothing.
final class LoadPlan {

  /// Starting a phase's process, and finishing the last window after its cameras stopped.
  private static final Duration AROUND_A_PHASE = Duration.ofSeconds(20);

  /// Sending all videos at once, on a machine that analyzes as fast as they play.
  private static final Duration CAPACITY_PHASE = Duration.ofSeconds(60);

  /// Windows of a camera below which percentiles of the lag say little.
  private static final int FEW_WINDOWS = 8;

  private LoadPlan() {}

  /// One line: the phases and how long they take.
  static String duration(int phases, int seconds, boolean measuresCapacity) {
    Duration all = AROUND_A_PHASE.plusSeconds(seconds).multipliedBy(phases);
    if (measuresCapacity) {
      all = all.plus(CAPACITY_PHASE);
    }
    return "%s%d phase%s of %d s: about %s"
        .formatted(
            measuresCapacity ? "measuring the capacity, then " : "",
            phases,
            phases == 1 ? "" : "s",
            seconds,
            minutes(all));
  }

  private static String minutes(Duration time) {
    long minutes = Math.ceilDiv(time.toSeconds(), 60);
    return minutes == 1 ? "1 minute" : minutes + " minutes";
  }

  /// What is known before the first phase.
  ///
  /// @param window length of a window
  static List<String> warnings(int seconds, Duration window) {
    long windows = seconds / Math.max(1, window.toSeconds());
    return windows < FEW_WINDOWS
        ? List.of(
            ("a camera completes only %d window%s of %d s in a phase: lag and accuracy are chance;"
                    + " --seconds %d is the least that says something")
                .formatted(
                    windows,
                    windows == 1 ? "" : "s",
                    window.toSeconds(),
                    FEW_WINDOWS * window.toSeconds()))
        : List.of();
  }

  /// What is known once the capacity is: multiples of it that whole cameras cannot make.
  ///
  /// @param videoPerSecond seconds of video analyzed a second
  static List<String> warnings(List<Double> factors, double videoPerSecond) {
    List<String> warnings = new ArrayList<>();
    for (double factor : factors) {
      double real = cameras(factor, videoPerSecond) / videoPerSecond;
      if (real > factor * 1.25 || real < factor * 0.8) {
        warnings.add(
            "%sx of the capacity is %s cameras; the row runs %d, which is %sx"
                .formatted(
                    Decimals.of(factor, 1),
                    Decimals.of(factor * videoPerSecond, 2),
                    cameras(factor, videoPerSecond),
                    Decimals.of(real, 1)));
      }
    }
    return warnings;
  }

  static int cameras(double factor, double videoPerSecond) {
    return Math.max(1, (int) Math.round(factor * videoPerSecond));
  }
}
