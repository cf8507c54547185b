package io.chronoscope.analysis.window;

/// The part of a window that frames cover, in microseconds from the stream's start.
///
/// @param window the window's number
/// @param firstMicros time of its first frame
/// @param lastMicros time of its last frame
/// @param untilMicros end of the time its last frame represents: one sampling step later, but
///   within the window and the stream
/// @param gapMicros sampling step: the usual distance between its frames
/// @param extent whether the window was complete when it was analyzed
public record SeenSpan(
    long window,
    long firstMicros,
    long lastMicros,
    long untilMicros,
    long gapMicros,
    Extent extent) {

  /// How much of a window an analysis covers.
  public enum Extent {
    /// The complete window: what the analysis does not confirm is final.
    WHOLE,
    /// The part received so far; the window will be analyzed again.
    PARTIAL
  }

  /// Of a complete window.
  public SeenSpan(
      long window, long firstMicros, long lastMicros, long untilMicros, long gapMicros) {
    this(window, firstMicros, lastMicros, untilMicros, gapMicros, Extent.WHOLE);
  }

  public SeenSpan {
    if (firstMicros > lastMicros || lastMicros > untilMicros) {
      throw new IllegalArgumentException(
          "window %d: first frame at %d µs, last at %d µs, seen until %d µs"
              .formatted(window, firstMicros, lastMicros, untilMicros));
    }
    if (gapMicros <= 0) {
      throw new IllegalArgumentException(
          "window %d: sampling step is %d µs".formatted(window, gapMicros));
    }
  }

  public boolean isWhole() {
    return extent == Extent.WHOLE;
  }

  /// Whether an event that begins at `micros` may have begun before the window's first frame.
  public boolean beginsAtEdge(long micros) {
    return micros - firstMicros <= gapMicros / 2;
  }
}
