package io.chronoscope.cli.bench.soak;

import java.time.Duration;
import java.util.Map;

/// Samples as a run takes them.
final class MemorySamples {

  private MemorySamples() {}

  static MemorySample at(int minute, long residentBytes) {
    return new MemorySample(
        Duration.ofMinutes(minute),
        residentBytes,
        120L << 20,
        200L << 20,
        Map.of("heap", 512L << 20, "native", residentBytes - (512L << 20), "pixels", 0L),
        50L << 20,
        10.5,
        20_000,
        0.4);
  }
}
