package io.chronoscope.cli.bench.engine;

import java.util.List;
import java.util.OptionalDouble;

/// The figures of one row.
///
/// @param seconds median of the runs with a shape seen before
/// @param firstSeconds the first run, with a shape never seen before
/// @param cpuSeconds median CPU time of a run on the host
/// @param runs number of runs in the medians
/// @param memory peaks during the row
/// @param last the latest run
/// @param referenceSeconds median of the reference's runs
record Measurement(
    double seconds,
    double firstSeconds,
    double cpuSeconds,
    int runs,
    MemoryUse memory,
    Workload.Outcome last,
    OptionalDouble referenceSeconds) {

  /// The middle one of the values, or the mean of the middle two.
  static double median(List<Double> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("no values to take the median of");
    }
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
