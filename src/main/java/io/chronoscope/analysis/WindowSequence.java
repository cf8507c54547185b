package io.chronoscope.analysis;

/// From where a stream's windows are counted: from its start, until it rests. Then the window that
/// is cut short by that is followed by one that begins where it ended.
///
/// @param first number of the window from which it is counted
/// @param fromMicros where that one begins, in microseconds from the stream's start
public record WindowSequence(long first, long fromMicros) {

  public static final WindowSequence FROM_START = new WindowSequence(0, 0);

  public long startOf(WindowPlan plan, long window) {
    return fromMicros + plan.startOf(window - first);
  }

  public long endOf(WindowPlan plan, long window) {
    return fromMicros + plan.endOf(window - first);
  }

  /// The first window that reaches beyond `micros`.
  public long firstSeeing(WindowPlan plan, long micros) {
    return first + plan.firstWindowSeeing(micros - fromMicros);
  }

  /// The first window that reaches to `micros`, where the stream ends.
  public long lastOf(WindowPlan plan, long micros) {
    return first + plan.lastWindowOf(micros - fromMicros);
  }
}
