package io.chronoscope.analysis.stream;

import io.chronoscope.analysis.WindowPlan;
import io.chronoscope.domain.Result.Gap;
import io.chronoscope.domain.SampledFrame;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.shedding.DetailLevel;
import io.chronoscope.shedding.LoadGovernor;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalLong;

/// How far a stream has been analyzed, and at which level of detail it is analyzed next. Windows
/// overlap, so of a window that is shed only that part is reported as not analyzed which neither
/// neighbor covers. All times are microseconds from the stream's start.
final class WindowProgress {

  private final String stream;
  private final StreamClock streamClock;
  private final LoadGovernor load;
  private final StreamLag lag;
  private long settledMicros;
  private long partialMicros;

  /// @param settledMicros see [#settledMicros()]
  /// @param partialMicros see [#partialMicros()]
  WindowProgress(
      String stream,
      StreamClock streamClock,
      LoadGovernor load,
      InstantSource clock,
      long settledMicros,
      long partialMicros) {
    this.stream = stream;
    this.streamClock = streamClock;
    this.load = load;
    this.lag = new StreamLag(stream, load, clock);
    this.settledMicros = settledMicros;
    this.partialMicros = partialMicros;
  }

  /// Before this time the stream has been analyzed, has no frames, or was reported as a gap.
  long settledMicros() {
    return settledMicros;
  }

  void settle(long micros) {
    settledMicros = micros;
  }

  /// Up to where a window that is not full yet has been analyzed.
  long partialMicros() {
    return partialMicros;
  }

  /// Up to where a window that starts at `startMicros` has been analyzed, itself or with the window
  /// before it.
  long analyzedUpTo(long startMicros) {
    return Math.max(startMicros, Math.max(settledMicros, partialMicros));
  }

  /// Starts a partial analysis if it is due and the stream sheds no load: up to the watermark the
  /// window counts as analyzed from now on.
  ///
  /// @param analyzedMicros see [#analyzedUpTo]
  /// @param watermarkMicros up to where frames are available
  /// @param endMicros end of the window
  /// @return whether it was due
  boolean startPartialIfDue(
      WindowPlan plan, long analyzedMicros, long watermarkMicros, long endMicros) {
    OptionalLong due = plan.nextPartial(analyzedMicros, endMicros);
    if (due.isEmpty() || watermarkMicros < due.getAsLong() || detailLevel().level() > 0) {
      return false;
    }
    partialMicros = watermarkMicros;
    return true;
  }

  /// The level of detail at which the stream is analyzed at present.
  DetailLevel detailLevel() {
    return load.detailLevel(stream);
  }

  /// The level of detail for a window whose turn has come; reports how far the stream lags.
  ///
  /// @param frames of the window; at least one
  DetailLevel detailLevelFor(List<SampledFrame> frames) {
    lag.report(
        Instant.ofEpochMilli(
            frames.stream().mapToLong(SampledFrame::recordMillis).max().orElseThrow()));
    return detailLevel();
  }

  /// Settles the stream up to `untilMicros` without analysis, to shed load.
  ///
  /// @param fromMicros start of what is shed; what is settled already is not reported
  /// @return the part that was not analyzed and is not in another gap
  List<Gap> shed(Gaps gaps, long fromMicros, long untilMicros) {
    long from = Math.max(settledMicros, fromMicros);
    if (untilMicros <= from) {
      return List.of();
    }
    settledMicros = untilMicros;
    return gaps.publishNotAnalyzed(
        streamClock.instantAt(from), streamClock.instantAt(untilMicros), detail());
  }

  private String detail() {
    int everyNth = detailLevel().everyNthWindow();
    return everyNth == 1
        ? "not analyzed: the stream lagged too far behind"
        : "not analyzed: the stream lagged too far behind; one window in %d is analyzed"
            .formatted(everyNth);
  }
}
