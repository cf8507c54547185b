package io.chronoscope.cli.bench.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// Repeats the work of a row: as many runs as fit a time, within bounds.
///
/// @param minRuns at least, however long they take
/// @param maxRuns at most, however short they are
/// @param seconds after which no further run starts
record Repetition(int minRuns, int maxRuns, double seconds) {

  /// Warm-up of each row.
  static final Repetition WARM_UP = new Repetition(1, 20, 0.5);

  /// Runs whose median is reported.
  static final Repetition MEASURED = new Repetition(3, 25, 2);

  /// Does the same work with the reference.
  @FunctionalInterface
  interface ToReference {

    /// Does the work of a run once.
    ///
    /// @return its seconds; empty when the reference has no such work
    OptionalDouble seconds(Workload.Outcome run);
  }

  /// Warms up, then measures the first run and the median of those after it.
  ///
  /// @param warmUp how often to warm up
  /// @param reference called after each run, so that both meet the same conditions
  /// @param gpu the GPU in use, for its memory
  Measurement measure(
      Workload workload,
      Repetition warmUp,
      ToReference reference,
      Stopwatch stopwatch,
      OptionalLong gpu) {
    double warm = 0;
    for (int run = 0; warmUp.continues(run, warm); run++) {
      warm += stopwatch.time(workload::warmUp).seconds();
    }
    MemoryUse.resetPeak();
    Workload.Outcome first = workload.run();
    var unusedFirst = reference.seconds(first);
    List<Double> seconds = new ArrayList<>();
    List<Double> cpuSeconds = new ArrayList<>();
    List<Double> referenceSeconds = new ArrayList<>();
    Workload.Outcome last = first;
    double total = 0;
    while (continues(seconds.size(), total)) {
      last = workload.run();
      seconds.add(last.cost().seconds());
      cpuSeconds.add(last.cost().cpuSeconds());
      total += Math.max(0, last.cost().seconds());
      reference.seconds(last).ifPresent(referenceSeconds::add);
    }
    return new Measurement(
        Measurement.median(seconds),
        first.cost().seconds(),
        Measurement.median(cpuSeconds),
        seconds.size(),
        MemoryUse.read(gpu),
        last,
        referenceSeconds.isEmpty()
            ? OptionalDouble.empty()
            : OptionalDouble.of(Measurement.median(referenceSeconds)));
  }

  private boolean continues(int runs, double elapsed) {
    return runs < minRuns || (runs < maxRuns && elapsed < seconds);
  }
}
