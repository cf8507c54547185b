package io.chronoscope.sampling;

import java.util.OptionalLong;
import java.util.stream.LongStream;

/// The absolute times at which a stream is sampled: `t(n) = anchor + n / fps` for n = 0, 1, 2, …
/// Every time is computed from its number in integer arithmetic and rounded down to a microsecond.
/// So a grid does not drift however long the stream runs, and does not depend on the borders of
/// chunks.
///
/// @param anchorMicros the stream's time zero, microseconds since the epoch
/// @param milliFps samples per thousand seconds, before thinning
/// @param everyNth only every n-th time of the full grid belongs to this one, counted from the
///   anchor
/// @param unevenSeed moves each time but the first by a random part of the distance to the next, so
///   that the gaps are 0.1 to 1.9 times the even one; empty for even times
public record SampleGrid(long anchorMicros, int milliFps, int everyNth, OptionalLong unevenSeed) {

  private static final long NANO_RATIO = 1_000_000_000L; // micros per second times milli per unit

  /// How far a time may move towards the next one, so that no two coincide.
  private static final double UNEVENNESS = 0.9;

  public SampleGrid(long anchorMicros, int milliFps, int everyNth) {
    this(anchorMicros, milliFps, everyNth, OptionalLong.empty());
  }

  public SampleGrid {
    if (milliFps < 1 || milliFps > 1_000_000) {
      throw new IllegalArgumentException(
          "the rate of a grid must be 0.001 to 1000 fps: " + milliFps / 1000.0);
    }
    if (everyNth < 1) {
      throw new IllegalArgumentException("the divisor of a grid must be positive: " + everyNth);
    }
  }

  /// @param fps samples per second, 0.001 to 1000, rounded to three decimals
  public static SampleGrid of(long anchorMicros, double fps) {
    return new SampleGrid(anchorMicros, Math.toIntExact(Math.round(fps * 1000)), 1);
  }

  public double fps() {
    return milliFps / 1000.0 / everyNth;
  }

  /// The grid of every n-th time of this one, counted from the anchor.
  public SampleGrid thinned(int n) {
    return new SampleGrid(anchorMicros, milliFps, Math.multiplyExact(everyNth, n), unevenSeed);
  }

  /// The grid with random gaps: the same ones for the same seed, wherever reading begins.
  SampleGrid uneven(long seed) {
    return new SampleGrid(anchorMicros, milliFps, everyNth, OptionalLong.of(seed));
  }

  /// The time number `n`.
  public long timeMicros(long n) {
    if (n < 0) {
      throw new IllegalArgumentException("the number of a grid time must not be negative: " + n);
    }
    long i = Math.multiplyExact(n, everyNth);
    long even = evenMicros(i);
    return unevenSeed.isEmpty() || i == 0
        ? even
        : even + (long) (moved(i) * (evenMicros(i + 1) - even));
  }

  private long evenMicros(long i) {
    return anchorMicros
        + Math.multiplyExact(i / milliFps, NANO_RATIO)
        + (i % milliFps) * NANO_RATIO / milliFps;
  }

  /// By which share of its distance to the next a time moves. A hash of its number (the finalizer
  /// of SplitMix64; Steele et al. 2014), because times are asked for in any order.
  private double moved(long i) {
    long bits = unevenSeed.orElseThrow() + i * 0x9e3779b97f4a7c15L;
    bits = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
    bits = (bits ^ (bits >>> 27)) * 0x94d049bb133111ebL;
    return ((bits ^ (bits >>> 31)) >>> 11) * 0x1p-53 * UNEVENNESS;
  }

  /// The number of the first time at or after `timeMicros`; 0 before the anchor.
  public long indexAtOrAfter(long timeMicros) {
    if (timeMicros <= anchorMicros) {
      return 0;
    }
    long since = timeMicros - anchorMicros;
    // At most one too small, because rounding down loses less than one number; not too large with
    // random gaps either, because times move forward and not past the next.
    long n =
        (since / NANO_RATIO * milliFps + since % NANO_RATIO * milliFps / NANO_RATIO) / everyNth;
    while (timeMicros(n) < timeMicros) {
      n++;
    }
    return n;
  }

  /// The first time at or after `timeMicros`; the anchor if `timeMicros` is before it.
  public long firstAtOrAfter(long timeMicros) {
    return timeMicros(indexAtOrAfter(timeMicros));
  }

  /// Whether `timeMicros` is a time of this grid.
  public boolean contains(long timeMicros) {
    return timeMicros >= anchorMicros && firstAtOrAfter(timeMicros) == timeMicros;
  }

  /// The times from `fromMicros` (inclusive) to `untilMicros` (exclusive), ascending.
  public LongStream times(long fromMicros, long untilMicros) {
    return LongStream.iterate(indexAtOrAfter(fromMicros), n -> n + 1)
        .map(this::timeMicros)
        .takeWhile(time -> time < untilMicros);
  }
}
