package io.chronoscope.cli.run;

import java.time.Duration;
import java.time.Instant;

/// When the chunks of files are sent.
public enum Pace {
  /// As soon as the brokers have acknowledged the chunk before.
  IMMEDIATE,
  /// When a camera would have completed the chunk.
  REAL_TIME;

  /// Waits until a chunk may be sent.
  ///
  /// @param completed when a camera would have completed the chunk
  /// @throws IllegalStateException when the thread is interrupted
  public void awaitTurn(Instant completed) {
    switch (this) {
      case IMMEDIATE -> {}
      case REAL_TIME -> sleepUntil(completed);
    }
  }

  private static void sleepUntil(Instant due) {
    try {
      Duration left = Duration.between(Instant.now(), due);
      if (left.isPositive()) {
        Thread.sleep(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while sending", e);
    }
  }
}
