package io.chronoscope.batching;

import java.time.Duration;

/// How far a batch may grow.
///
/// @param maxItems at most this many items run together
/// @param maxDelay how long the first item waits for others; zero takes what is there
public record BatchLimits(int maxItems, Duration maxDelay) {

  public BatchLimits {
    if (maxItems <= 0) {
      throw new IllegalArgumentException("a batch of at most " + maxItems + " items");
    }
    if (maxDelay.isNegative()) {
      throw new IllegalArgumentException("a batch delay of " + maxDelay);
    }
  }
}
