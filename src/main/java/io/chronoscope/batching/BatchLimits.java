package io.chronoscope.batching;

import java.time.Duration;

/// Limits of a batch.
///
/// @param maxItems items in one batch at most
/// @param maxDelay how long the first item waits for others; zero runs whatever is waiting
public record BatchLimits(int maxItems, Duration maxDelay) {

  public BatchLimits {
    if (maxItems <= 0) {
      throw new IllegalArgumentException("the maximum batch size must be positive: " + maxItems);
    }
    if (maxDelay.isNegative()) {
      throw new IllegalArgumentException("the batch delay must not be negative: " + maxDelay);
    }
  }
}
