package io.chronoscope.cli.bench.engine;

/// What a piece of work took.
///
/// @param seconds wall time
/// @param cpuSeconds CPU time of all threads of this process
record Cost(double seconds, double cpuSeconds) {

  /// The cost of what `other` does not contain.
  Cost minus(Cost other) {
    return new Cost(seconds - other.seconds, cpuSeconds - other.cpuSeconds);
  }
}
