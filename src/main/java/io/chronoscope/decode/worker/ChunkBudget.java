package io.chronoscope.decode.worker;

import java.time.Duration;

/// What decoding one chunk may take in a worker.
///
/// @param memoryBytes address space beyond what an idle worker has
/// @param cpuPerSecond CPU seconds for each second of video; at least [#MIN_CPU_SECONDS] in all
/// @param wallTime that the worker itself may take
/// @param outputBytes of pictures handed over, at the video's own size
public record ChunkBudget(
    long memoryBytes, double cpuPerSecond, Duration wallTime, long outputBytes) {

  /// CPU seconds for a chunk of any length.
  static final int MIN_CPU_SECONDS = 10;

  public static final ChunkBudget DEFAULTS =
      new ChunkBudget(512L << 20, 10, Duration.ofMinutes(5), 16L << 30);

  public ChunkBudget {
    if (memoryBytes <= 0 || !(cpuPerSecond > 0) || !wallTime.isPositive() || outputBytes <= 0) {
      throw new IllegalArgumentException(
          "the budget of a chunk must be positive: %d bytes, %f CPU seconds, %s, %d bytes of output"
              .formatted(memoryBytes, cpuPerSecond, wallTime, outputBytes));
    }
  }

  /// CPU seconds for a chunk of this length.
  long cpuSeconds(long lengthMicros) {
    return MIN_CPU_SECONDS + (long) Math.ceil(cpuPerSecond * Math.max(0, lengthMicros) / 1e6);
  }
}
