package io.chronoscope.analysis.window;

/// What a window really saw: from its first to its last frame, in microseconds from the stream's
/// start.
///
/// @param window the window's number
/// @param firstMicros time of its first frame
/// @param lastMicros time of its last frame
/// @param untilMicros how long its last frame stands for: one sampling step on, within the window
///   and the stream
/// @param gapMicros the usual distance between its frames
/// @param whole false when more of the window is still to come, and it will be looked at again
public record SeenSpan(
    long window,
    long firstMicros,
    long lastMicros,
    long untilMicros,
    long gapMicros,
    boolean whole) {

  /// Of a window that was looked at whole.
  public SeenSpan(
      long window, long firstMicros, long lastMicros, long untilMicros, long gapMicros) {
    this(window, firstMicros, lastMicros, untilMicros, gapMicros, true);
  }

  public SeenSpan {
    if (firstMicros > lastMicros || lastMicros > untilMicros || gapMicros <= 0) {
      throw new IllegalArgumentException("a span that runs backwards");
    }
  }

  /// Whether an event that begins then was already going on when the window's first frame was
  /// taken.
  public boolean beginsAtEdge(long micros) {
    return micros - firstMicros <= gapMicros / 2;
  }

  /// Whether an event that ends then was still going on when the window's last frame was taken.
  boolean endsAtEdge(long micros) {
    return micros >= lastMicros;
  }
}
