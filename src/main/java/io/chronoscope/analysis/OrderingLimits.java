package io.chronoscope.analysis;

import java.time.Duration;

/// How far chunks may come out of their order.
///
/// @param grace how long, in the stream's own time, a missing chunk is waited for while later ones
///   come; zero waits for none
/// @param maxHeldBytes media bytes of one stream that are held back meanwhile; beyond it the chunk
///   is no longer waited for. Nor is it beyond [ChunkOrder#MOST_HELD] chunks
public record OrderingLimits(Duration grace, long maxHeldBytes) {

  public static final OrderingLimits DEFAULTS =
      new OrderingLimits(Duration.ofSeconds(10), 64L << 20);

  public OrderingLimits {
    if (grace.isNegative()) {
      throw new IllegalArgumentException("grace is " + grace);
    }
    if (maxHeldBytes <= 0) {
      throw new IllegalArgumentException("held bytes at most " + maxHeldBytes);
    }
  }
}
