package io.chronoscope.cli.bench.soak;

import java.util.List;
import java.util.function.ToLongFunction;

/// How fast memory grows: the line through samples with the least sum of squared distances.
///
/// @param startBytes where the line is at the first sample
/// @param bytesPerHour its slope
record MemorySlope(double startBytes, double bytesPerHour) {

  /// @param samples at least two, at different times
  /// @param size the size that is looked at, in bytes
  static MemorySlope of(List<MemorySample> samples, ToLongFunction<MemorySample> size) {
    double first = hours(samples.getFirst());
    double meanHours = samples.stream().mapToDouble(MemorySlope::hours).average().orElseThrow();
    double meanBytes = samples.stream().mapToLong(size).average().orElseThrow();
    double covariance = 0;
    double variance = 0;
    for (MemorySample sample : samples) {
      double hours = hours(sample) - meanHours;
      covariance += hours * (size.applyAsLong(sample) - meanBytes);
      variance += hours * hours;
    }
    if (variance == 0) {
      throw new IllegalArgumentException("a slope needs samples at two times at least");
    }
    double bytesPerHour = covariance / variance;
    return new MemorySlope(meanBytes + bytesPerHour * (first - meanHours), bytesPerHour);
  }

  /// Growth in an hour, in percent of the size at the first sample.
  double percentPerHour() {
    return 100 * bytesPerHour / startBytes;
  }

  private static double hours(MemorySample sample) {
    return sample.sinceLoad().toMillis() / 3_600_000.0;
  }
}
