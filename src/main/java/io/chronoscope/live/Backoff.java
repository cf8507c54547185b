package io.chronoscope.live;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// Waiting times between attempts: doubled each time up to a maximum, and spread by a fifth so that
/// the sources of a machine do not come back at the same moment. Not thread-safe.
final class Backoff {

  private static final double SPREAD = 0.2;

  private final Duration first;
  private final Duration most;
  private final RandomGenerator random;
  private Duration next;

  Backoff(Duration first, Duration most, RandomGenerator random) {
    this.first = first.compareTo(most) < 0 ? first : most;
    this.most = most;
    this.random = random;
    this.next = this.first;
  }

  /// How long to wait before the next attempt.
  Duration next() {
    Duration wait = next;
    Duration doubled = next.multipliedBy(2);
    next = doubled.compareTo(most) < 0 ? doubled : most;
    return spread(wait);
  }

  /// How long to wait when an early attempt would do harm.
  Duration longest() {
    next = most;
    return spread(most);
  }

  private Duration spread(Duration wait) {
    return Duration.ofMillis(
        Math.round(wait.toMillis() * (1 + SPREAD * (2 * random.nextDouble() - 1))));
  }

  /// An attempt succeeded.
  void reset() {
    next = first;
  }
}
