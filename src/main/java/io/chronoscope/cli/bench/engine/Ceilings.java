package io.chronoscope.cli.bench.engine;

import java.util.List;
import java.util.OptionalDouble;

/// What the device reaches at best, measured in the same run as the rows.
///
/// @param flopsPerSecond of a large matrix product
/// @param bytesPerSecond of memory that is read and written
record Ceilings(double flopsPerSecond, double bytesPerSecond) {

  /// The time that pieces of work need one after the other when each is limited by arithmetic or by
  /// memory alone, whichever takes longer (the roofline model: Williams, Waterman and Patterson,
  /// CACM 2009).
  double seconds(List<Work> works) {
    return works.stream()
        .mapToDouble(work -> Math.max(work.flops() / flopsPerSecond, work.bytes() / bytesPerSecond))
        .sum();
  }

  /// The ceiling's time over the measured one.
  ///
  /// @return 1 at the ceiling; empty without work that has one
  OptionalDouble share(List<Work> works, double seconds) {
    double least = seconds(works);
    return least > 0 && seconds > 0 ? OptionalDouble.of(least / seconds) : OptionalDouble.empty();
  }
}
