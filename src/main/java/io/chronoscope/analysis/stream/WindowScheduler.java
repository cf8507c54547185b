package io.chronoscope.analysis.stream;

import io.chronoscope.analysis.AnalysisEvent.Progress;
import io.chronoscope.analysis.AnalysisEvent.WindowCompleted;
import io.chronoscope.analysis.AnalysisEvent.WindowShed;
import io.chronoscope.analysis.AnalysisEvent.WindowStarted;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.StreamState;
import io.chronoscope.analysis.WindowSequence;
import io.chronoscope.analysis.stream.StreamAggregator.Continuity;
import io.chronoscope.analysis.window.WindowAnalyzer;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.Gap;
import io.chronoscope.domain.SampledFrame;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.shedding.DetailLevel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Decides when the next window of a timeline is analyzed, and how: whole, partially, at a lower
/// level of detail, or not at all. Each decision is one call that commits its results, so a restart
/// between any two of them resumes with the same decisions.
///
/// Used by one thread at a time. Times in microseconds count from the stream's start.
final class WindowScheduler {

  private final String stream;
  private final WindowAnalyzer analyzer;
  private final AnalysisListener listener;
  private final FrameBuffer frames;
  private final Gaps gaps;
  private final StreamAggregator aggregator;
  private final WindowProgress progress;
  private final WindowPublisher publisher;
  private WindowSequence windows;

  /// @param from the state to resume from, or the initial state of a stream
  /// @param commit makes results durable, together with the state after them, before it returns
  WindowScheduler(
      AnalysisSettings settings,
      StreamTools tools,
      StreamState from,
      FrameBuffer frames,
      Gaps gaps,
      StreamAggregator aggregator,
      Consumer<List<Result>> commit) {
    this.stream = from.stream();
    this.analyzer = new WindowAnalyzer(stream, settings, tools.window(), tools.rules());
    this.listener = tools.listener();
    this.frames = frames;
    this.gaps = gaps;
    this.aggregator = aggregator;
    this.progress =
        new WindowProgress(
            stream,
            new StreamClock(from.start()),
            tools.load(),
            tools.clock(),
            from.position().settledMicros(),
            from.position().partialMicros());
    this.publisher = new WindowPublisher(stream, listener, tools.clock(), commit);
    this.windows = new WindowSequence(settings.windows(), from.position().windowAnchor());
  }

  WindowSequence windows() {
    return windows;
  }

  WindowProgress progress() {
    return progress;
  }

  /// Start of the next window.
  long nextStart() {
    return windows.startOf(aggregator.nextWindow());
  }

  /// Processes the next window if the watermark has reached its end.
  ///
  /// @return whether it has
  boolean processFull(long watermark) {
    long end = windows.endOf(aggregator.nextWindow());
    if (end > watermark) {
      return false;
    }
    process(end, watermark);
    return true;
  }

  /// Processes what is available of the next window, when nothing more arrives for now.
  ///
  /// @return whether there was anything
  boolean processRemaining(long watermark) {
    if (frames.isEmpty() || aggregator.nextWindow() > windows.lastOf(watermark)) {
      return false;
    }
    process(watermark, watermark);
    return true;
  }

  /// Analyzes what is available of the next window, if enough was added since it was last analyzed,
  /// so that events are published before the window is full. Called after each chunk and before the
  /// next, so that it does not depend on when they arrive.
  ///
  /// @return whether it was due
  boolean processPartial(long watermark) {
    long window = aggregator.nextWindow();
    long start = windows.startOf(window);
    long end = windows.endOf(window);
    long analyzed = progress.analyzedUpTo(start);
    if (!progress.startPartialIfDue(windows.plan(), analyzed, watermark, end)) {
      return false;
    }
    List<SampledFrame> candidates = frames.between(start, Math.min(watermark, end));
    if (candidates.isEmpty() || frames.timeOf(candidates.getLast()) < analyzed) {
      return true;
    }
    reportStarted(window, candidates);
    publisher.publish(
        aggregator.addPartial(
            analyzer
                .analyzePartial(
                    window, candidates, frames.grid(), watermark, frames.detail(start, end))
                .withDamage(frames.damagedMillis(start, Math.min(watermark, end))),
            windows),
        candidates);
    listener.on(new WindowCompleted(stream, window));
    return true;
  }

  private void process(long untilMicros, long watermark) {
    long window = aggregator.nextWindow();
    List<SampledFrame> candidates = frames.between(windows.startOf(window), windows.endOf(window));
    reportStarted(window, candidates);
    List<Result> results =
        candidates.stream().allMatch(this::isSettled)
            ? skipToNextFrame(window, watermark)
            : analyze(window, candidates, untilMicros);
    frames.evictBefore(nextStart());
    publisher.publish(results, candidates);
    listener.on(new WindowCompleted(stream, window));
    reportProgress(watermark);
  }

  private List<Result> analyze(long window, List<SampledFrame> candidates, long untilMicros) {
    DetailLevel detail = progress.detailLevelFor(candidates);
    if (!detail.analyzes(stream, window)) {
      listener.on(new WindowShed(stream, window, detail.level()));
      return shed(window, untilMicros);
    }
    DetailLevel sampled = frames.detail(windows.startOf(window), windows.endOf(window));
    List<Result> results =
        aggregator.add(
            analyzer
                .analyze(
                    window, candidates, frames.grid(), untilMicros, detail.noFinerThan(sampled))
                .withDamage(
                    frames.damagedMillis(
                        windows.startOf(window), Math.min(untilMicros, windows.endOf(window)))),
            windows);
    progress.settle(windows.endOf(window));
    return results;
  }

  private List<Result> shed(long window, long untilMicros) {
    List<Gap> notAnalyzed =
        progress.shed(
            gaps, windows.startOf(window), Math.min(windows.startOf(window + 1), untilMicros));
    Continuity continuity = notAnalyzed.isEmpty() ? Continuity.KEPT : Continuity.BROKEN;
    List<Result> results = new ArrayList<>(aggregator.skipTo(window + 1, continuity, windows));
    results.addAll(notAnalyzed);
    return results;
  }

  /// Skips windows without new frames. Open events can be followed across the gap only if the next
  /// window starts before it.
  private List<Result> skipToNextFrame(long window, long watermark) {
    long nextFrame = frames.firstAtOrAfter(windows.endOf(window)).orElse(watermark);
    long next = Math.max(windows.firstEndingAfter(nextFrame), window + 1);
    Continuity continuity =
        windows.startOf(next) < progress.settledMicros() ? Continuity.KEPT : Continuity.BROKEN;
    List<Result> results = aggregator.skipTo(next, continuity, windows);
    progress.settle(windows.endOf(next - 1));
    return results;
  }

  /// Whether the window before has analyzed a frame, because it lies in their overlap.
  private boolean isSettled(SampledFrame frame) {
    return frames.timeOf(frame) < progress.settledMicros();
  }

  /// Whether every window that covers the next chunk is going to be shed at the present level of
  /// detail, so that the chunk need not be decoded.
  ///
  /// @param chunkEnd end of the chunk
  boolean shedsUntil(long chunkEnd) {
    DetailLevel detail = progress.detailLevel();
    if (detail.everyNthWindow() == 1) {
      return false;
    }
    for (long window = aggregator.nextWindow(); windows.startOf(window) < chunkEnd; window++) {
      if (detail.analyzes(stream, window)) {
        return false;
      }
    }
    return true;
  }

  /// Settles the stream up to the end of a chunk that is shed.
  ///
  /// @return what was not analyzed because of it
  List<Gap> shedUntil(long chunkEnd) {
    return progress.shed(gaps, progress.settledMicros(), chunkEnd);
  }

  /// Closes what is open and summarizes the stream so far. The end of a last window that was shed
  /// is in no other window and is reported here.
  List<Result> finish(long watermark) {
    List<Result> results = new ArrayList<>(aggregator.finish(watermark));
    if (frames.latest().orElse(Long.MIN_VALUE) >= progress.settledMicros()) {
      results.addAll(progress.shed(gaps, progress.settledMicros(), watermark));
    }
    return results;
  }

  /// Starts the next window where the last one was cut short.
  void reanchor(long watermark) {
    windows = windows.reanchored(aggregator.nextWindow(), watermark);
    progress.settle(watermark);
  }

  private void reportStarted(long window, List<SampledFrame> candidates) {
    listener.on(
        new WindowStarted(
            stream, window, candidates.stream().map(SampledFrame::origin).distinct().toList()));
  }

  void reportProgress(long watermark) {
    listener.on(new Progress(stream, nextStart(), watermark));
  }
}
