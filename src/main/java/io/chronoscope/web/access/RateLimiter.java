package io.chronoscope.web.access;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/// A token bucket for each client: a rate on average, a second's worth at once. Remembers the
/// clients that were seen last. Thread-safe.
final class RateLimiter {

  private static final int MAX_CLIENTS = 10_000;

  private final double perSecond;
  private final LongSupplier nanos;
  private final Map<String, Bucket> buckets =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
          return size() > MAX_CLIENTS;
        }
      };

  /// @param left requests that are allowed at once
  private record Bucket(double left, long atNanos) {}

  /// @param nanos a clock
  RateLimiter(double perSecond, LongSupplier nanos) {
    this.perSecond = perSecond;
    this.nanos = nanos;
  }

  /// Takes one request of the client's share, if there is one left.
  synchronized boolean allows(String client) {
    long now = nanos.getAsLong();
    Bucket before = buckets.getOrDefault(client, new Bucket(perSecond, now));
    double left = Math.min(perSecond, before.left + (now - before.atNanos) / 1e9 * perSecond);
    boolean allowed = left >= 1;
    buckets.put(client, new Bucket(allowed ? left - 1 : left, now));
    return allowed;
  }
}
