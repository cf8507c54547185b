package io.chronoscope.analysis;

/// From where a stream's windows are counted: from its start, until it rests. Then the window that
/// is cut short by that is followed by one that begins where it ended.
///
/// @param first number of the window from which it is counted
/// @param fromMicros where that one begins, in microseconds from the stream's start
public record Windows(long first, long fromMicros) {

  static final Windows FROM_START = new Windows(0, 0);

  long startOf(WindowPlan plan, long window) {
    return fromMicros + plan.startOf(window - first);
  }

  long endOf(WindowPlan plan, long window) {
    return fromMicros + plan.endOf(window - first);
  }

  /// The first window that reaches beyond `micros`.
  long firstSeeing(WindowPlan plan, long micros) {
    return first + plan.firstWindowSeeing(micros - fromMicros);
  }

  /// The first window that reaches to `micros`, where the stream ends.
  long lastOf(WindowPlan plan, long micros) {
    return first + plan.lastWindowOf(micros - fromMicros);
  }
}
