package io.chronoscope.analysis;

import java.time.Duration;

/// How far chunks may arrive out of order.
///
/// @param allowedLateness how long, in the stream's own time, to wait for a missing chunk while
///   later ones arrive; zero does not wait
/// @param maxBufferedBytes media bytes of one stream that may be buffered while it waits; beyond
///   that it stops waiting. A fixed number of buffered chunks bounds it as well
public record OrderingLimits(Duration allowedLateness, long maxBufferedBytes) {

  public static final OrderingLimits DEFAULTS =
      new OrderingLimits(Duration.ofSeconds(10), 64L << 20);

  public OrderingLimits {
    if (allowedLateness.isNegative()) {
      throw new IllegalArgumentException("allowed lateness is " + allowedLateness);
    }
    if (maxBufferedBytes <= 0) {
      throw new IllegalArgumentException("at most " + maxBufferedBytes + " bytes may be buffered");
    }
  }
}
