package io.chronoscope.analysis;

/// A stream's numbered windows: where each starts and ends, in microseconds from the stream's
/// start.
///
/// @param plan length and stride of the windows
/// @param anchor the window from which they are spaced
public record WindowSequence(WindowPlan plan, WindowAnchor anchor) {

  /// The same windows up to `window`, which starts at `fromMicros`; the later ones follow it.
  public WindowSequence reanchored(long window, long fromMicros) {
    return new WindowSequence(plan, new WindowAnchor(window, fromMicros));
  }

  public long startOf(long window) {
    return anchor.fromMicros() + plan.startOf(window - anchor.first());
  }

  public long endOf(long window) {
    return anchor.fromMicros() + plan.endOf(window - anchor.first());
  }

  /// The first window that ends after `micros`.
  public long firstEndingAfter(long micros) {
    return anchor.first() + plan.firstEndingAfter(micros - anchor.fromMicros());
  }

  /// The last window of a stream that ends at `micros`: the first that reaches it.
  public long lastOf(long micros) {
    return anchor.first() + plan.lastOf(micros - anchor.fromMicros());
  }
}
