package io.chronoscope.analysis.stream;

import io.chronoscope.analysis.WindowPlan;
import io.chronoscope.domain.Result.Gap;
import io.chronoscope.domain.SampledFrame;
import io.chronoscope.shedding.DetailLevel;
import io.chronoscope.shedding.LoadGovernor;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.OptionalLong;

/// How closely a stream's windows are looked at, and up to where that is settled. WindowSequence
/// overlap, so of one that is left out only that is not looked at which neither neighbour shows; it
/// is told as gaps. All times are microseconds from the stream's start.
final class WindowProgress {

  private final String stream;
  private final LoadGovernor load;
  private final StreamLag lag;
  private long settledMicros;
  private long lookedMicros;

  WindowProgress(String stream, LoadGovernor load, InstantSource clock) {
    this.stream = stream;
    this.load = load;
    this.lag = new StreamLag(stream, load, clock);
  }

  /// Before that time the stream was looked at, or nothing is to be seen there, or it was told as a
  /// gap.
  long settledMicros() {
    return settledMicros;
  }

  void settle(long micros) {
    settledMicros = micros;
  }

  /// To where a window that is not full yet was looked at.
  long lookedMicros() {
    return lookedMicros;
  }

  void looked(long micros) {
    lookedMicros = micros;
  }

  /// To where a window that begins there was seen, by itself or by the one before.
  long seenOf(long windowMicros) {
    return Math.max(windowMicros, Math.max(settledMicros, lookedMicros));
  }

  /// Whether it is time for an early look at a window. Then it counts as looked at so far. A stream
  /// that is looked at less closely is not looked at early.
  ///
  /// @param seenMicros as of [#seenOf]
  /// @param coveredMicros to where frames are there
  /// @param endMicros of the window
  boolean isWorthALook(WindowPlan plan, long seenMicros, long coveredMicros, long endMicros) {
    OptionalLong due = plan.nextPartial(seenMicros, endMicros);
    if (due.isEmpty() || coveredMicros < due.getAsLong() || look().level() > 0) {
      return false;
    }
    lookedMicros = coveredMicros;
    return true;
  }

  /// How closely to look at the stream now.
  DetailLevel look() {
    return load.look(stream);
  }

  /// A window's turn has come.
  ///
  /// @param candidates its frames; at least one
  DetailLevel turnTo(List<SampledFrame> candidates) {
    lag.at(
        Instant.ofEpochMilli(
            candidates.stream().mapToLong(SampledFrame::recordMillis).max().orElseThrow()));
    return look();
  }

  /// Nobody looks at the stream up to that time.
  ///
  /// @param fromMicros where what is left out begins; what of it is settled already is not told
  /// @return what was not looked at and not told as another gap
  List<Gap> passOver(Gaps gaps, Instant start, long fromMicros, long untilMicros) {
    long from = Math.max(settledMicros, fromMicros);
    if (untilMicros <= from) {
      return List.of();
    }
    settledMicros = untilMicros;
    return gaps.notLookedAt(start, at(start, from), at(start, untilMicros), detail());
  }

  private String detail() {
    int everyNth = look().everyNthWindow();
    return everyNth == 1
        ? "the service was too far behind to look"
        : "the service was too far behind; one window in %d was looked at".formatted(everyNth);
  }

  private static Instant at(Instant start, long micros) {
    return start.plus(micros, ChronoUnit.MICROS);
  }
}
