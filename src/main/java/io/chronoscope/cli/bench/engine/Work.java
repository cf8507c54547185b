package io.chronoscope.cli.bench.engine;

/// What the arithmetic of a piece of work requires at least, whatever program does it.
///
/// @param flops floating-point operations, a multiplication and an addition counted as two
/// @param bytes read from and written to memory
record Work(double flops, double bytes) {

  static final Work NONE = new Work(0, 0);

  /// Bytes only.
  static Work ofBytes(double bytes) {
    return new Work(0, bytes);
  }

  Work times(double count) {
    return new Work(flops * count, bytes * count);
  }
}
