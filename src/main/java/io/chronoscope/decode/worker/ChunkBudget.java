package io.chronoscope.decode.worker;

import java.time.Duration;

/// What decoding one chunk may take in a worker.
///
/// @param memoryBytes address space beyond what an idle worker has
/// @param cpuTime for a chunk of any length, and for each second of video
/// @param wallTime that the worker itself may take
/// @param outputBytes of pictures handed over, at the video's own size
public record ChunkBudget(long memoryBytes, CpuTime cpuTime, Duration wallTime, long outputBytes) {

  public static final ChunkBudget DEFAULTS =
      new ChunkBudget(512L << 20, new CpuTime(10, 10), Duration.ofMinutes(5), 16L << 30);

  /// @param baseSeconds for a chunk of any length
  /// @param secondsPerSecond of video, in addition
  public record CpuTime(long baseSeconds, double secondsPerSecond) {

    /// Seconds for a chunk of this length; at least one.
    long secondsFor(long lengthMicros) {
      return Math.max(
          1, baseSeconds + (long) Math.ceil(secondsPerSecond * Math.max(0, lengthMicros) / 1e6));
    }

    /// For people.
    String words() {
      return "%d s of CPU time and %.1f s for each second of video"
          .formatted(baseSeconds, secondsPerSecond);
    }
  }

  public ChunkBudget {
    if (memoryBytes <= 0
        || cpuTime.baseSeconds < 0
        || !(cpuTime.secondsPerSecond >= 0)
        || !wallTime.isPositive()
        || outputBytes <= 0) {
      throw new IllegalArgumentException(
          "the budget of a chunk must be positive: %d bytes, %s, %s, %d bytes of output"
              .formatted(memoryBytes, cpuTime.words(), wallTime, outputBytes));
    }
  }
}
