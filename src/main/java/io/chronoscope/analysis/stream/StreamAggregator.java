package io.chronoscope.analysis.stream;

import io.chronoscope.analysis.AnalysisEvent.AlertSuppressed;
import io.chronoscope.analysis.AnalysisEvent.EventJudged;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.StableIds;
import io.chronoscope.analysis.StreamPosition;
import io.chronoscope.analysis.StreamState;
import io.chronoscope.analysis.StreamState.Counts;
import io.chronoscope.analysis.TextTask;
import io.chronoscope.analysis.WindowSequence;
import io.chronoscope.analysis.event.AlertTracker;
import io.chronoscope.analysis.event.EventConfidence;
import io.chronoscope.analysis.event.EventTracker;
import io.chronoscope.analysis.event.SemanticMatcher;
import io.chronoscope.analysis.summary.Summarizer;
import io.chronoscope.analysis.summary.SummaryFactory;
import io.chronoscope.analysis.summary.SummaryTree;
import io.chronoscope.analysis.window.SeenSpan;
import io.chronoscope.analysis.window.WindowAnswer;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.StreamEnd;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.StreamClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Turns the answers for a stream's windows, one after the other, into results: events through the
/// [EventTracker], alerts through the [AlertTracker], summaries through the [SummaryTree]. Its
/// [#state] determines everything it returns later.
final class StreamAggregator {

  /// Whether the next window still covers what was analyzed last, so that open events and alerts
  /// can be followed into it.
  enum Continuity {
    KEPT,
    BROKEN
  }

  private final String stream;
  private final Instant start;
  private final ModelRef model;
  private final EventConfidence confidence;
  private final EventTracker.OnFinal onFinal;
  private final EventTracker events;
  private final AlertTracker alerts;
  private final SummaryTree summaries;
  private final WindowResults windowResults;
  private Counts counts;
  private long nextWindow;

  StreamAggregator(
      StreamState state, AnalysisSettings settings, BatchedModel model, AnalysisListener listener) {
    this.stream = state.stream();
    this.start = state.start();
    this.model = model.ref();
    this.confidence =
        new EventConfidence(model.profile().calibration(), settings.events().minConfidence());
    this.onFinal = (event, outcome) -> listener.on(new EventJudged(stream, event, outcome));
    this.events =
        new EventTracker(
            stream,
            start,
            model.ref(),
            state.openEvents(),
            settings.textTasks().contains(TextTask.COMPARE)
                ? SemanticMatcher.asking(model, stream)
                : SemanticMatcher.OF_WORDS_ONLY,
            (startMicros, description) ->
                StableIds.of("evt", stream, start, startMicros, description),
            confidence,
            onFinal);
    this.alerts =
        new AlertTracker(
            stream,
            start,
            model.ref(),
            state.rules(),
            rule -> listener.on(new AlertSuppressed(stream, rule.id())));
    this.summaries =
        new SummaryTree(
            new SummaryFactory(stream, start, model.ref()),
            settings.textTasks().contains(TextTask.SUMMARIZE)
                ? Summarizer.asking(model, stream, settings.maxNewTokens())
                : Summarizer.joining(),
            settings.windows().stride(),
            state.summaries());
    this.windowResults = new WindowResults(stream, new StreamClock(start), model.ref());
    this.counts = state.counts();
    this.nextWindow = state.nextWindow();
  }

  /// Number of the window whose answer comes next.
  long nextWindow() {
    return nextWindow;
  }

  StreamState state(StreamPosition position) {
    return new StreamState(
        StreamState.VERSION,
        stream,
        start,
        nextWindow,
        events.open(),
        summaries.state(),
        counts,
        alerts.state(),
        position);
  }

  /// Adds the answer for the next window.
  List<Result> add(WindowAnswer answer, WindowSequence windows) {
    SeenSpan span = answer.span();
    nextWindow = span.window() + 1;
    long nextStart = windows.startOf(nextWindow);
    List<VideoEvent> revised =
        counted(
            events.observe(span, answer.sampling(), answer.events(), nextStart, seenBefore(span)));
    countWindow();
    List<Result> results = new ArrayList<>(revised);
    results.addAll(alerts.observe(span, answer.sampling(), answer.rules(), revised, nextStart));
    results.addAll(windowResults.unanswered(answer));
    windowResults
        .summary(answer, windows.startOf(span.window()), revised)
        .flatMap(summaries::add)
        .ifPresent(results::add);
    results.addAll(summaries.advanceTo(nextStart));
    return results;
  }

  /// Adds the answer for a part of the next window, which remains the next one. Events and alerts
  /// open or are revised; none is closed.
  List<Result> addPartial(WindowAnswer answer, WindowSequence windows) {
    SeenSpan span = answer.span();
    long start = windows.startOf(span.window());
    List<VideoEvent> revised =
        counted(events.observe(span, answer.sampling(), answer.events(), start, seenBefore(span)));
    List<Result> results = new ArrayList<>(revised);
    results.addAll(alerts.observe(span, answer.sampling(), answer.rules(), revised, start));
    return results;
  }

  private long seenBefore(SeenSpan span) {
    return summaries.seenUntil(span.window() - 1).orElse(0);
  }

  /// Adds the answers for gaps that were filled; see [SummaryTree#repair]. Their events stand
  /// beside those of the windows around them, which are published already.
  List<Result> addRepairs(List<WindowAnswer> answers) {
    List<Result> results = new ArrayList<>();
    List<SummaryTree.Window> repaired = new ArrayList<>();
    for (WindowAnswer answer : answers) {
      SeenSpan span = answer.span();
      List<VideoEvent> events =
          counted(
              new EventTracker(
                      stream,
                      start,
                      model,
                      List.of(),
                      SemanticMatcher.OF_WORDS_ONLY,
                      this::repairedEventId,
                      confidence,
                      onFinal)
                  .observe(span, answer.sampling(), answer.events(), Long.MAX_VALUE, 0));
      countWindow();
      results.addAll(events);
      results.addAll(windowResults.unanswered(answer));
      windowResults.summary(answer, span.firstMicros(), events).ifPresent(repaired::add);
    }
    results.addAll(summaries.repair(repaired));
    return results;
  }

  /// Differs from the id of an event with the same start and description that a window found.
  private String repairedEventId(long startMicros, String description) {
    return StableIds.of(
        "evt",
        stream,
        start,
        "repair",
        StableIds.of("evt", stream, start, startMicros, description));
  }

  /// Skips windows that have no frames or are shed.
  ///
  /// @param next number of the next window to analyze
  List<Result> skipTo(long next, Continuity continuity, WindowSequence windows) {
    nextWindow = next;
    List<Result> results =
        switch (continuity) {
          case KEPT -> new ArrayList<>();
          case BROKEN -> closeAll();
        };
    results.addAll(summaries.advanceTo(windows.startOf(next)));
    return results;
  }

  /// Closes what is open and summarizes the stream so far.
  ///
  /// @param lengthMicros length of the stream so far
  List<Result> finish(long lengthMicros) {
    List<Result> results = closeAll();
    results.addAll(summaries.flush(lengthMicros));
    return results;
  }

  /// The last result of the stream.
  ///
  /// @param end absolute
  /// @param notSeenMicros total length of all gaps
  StreamEnd streamEnd(Instant end, long notSeenMicros) {
    return streamEnd(stream, start, end, counts, notSeenMicros);
  }

  /// The only result of a stream of which nothing was decoded.
  static StreamEnd emptyStreamEnd(String stream, Instant start) {
    return streamEnd(stream, start, start, Counts.NONE, 0);
  }

  private static StreamEnd streamEnd(
      String stream, Instant start, Instant end, Counts counts, long notSeenMicros) {
    return new StreamEnd(
        StableIds.of("end", stream, start),
        stream,
        start,
        end,
        Duration.between(start, end).toMillis(),
        counts.windows(),
        counts.events(),
        Math.round(notSeenMicros / 1000.0));
  }

  private List<Result> closeAll() {
    List<Result> results = new ArrayList<>(events.closeAll());
    results.addAll(alerts.closeAll());
    return results;
  }

  private void countWindow() {
    counts = new Counts(counts.windows() + 1, counts.events());
  }

  private List<VideoEvent> counted(List<VideoEvent> revised) {
    long opened = revised.stream().filter(event -> event.revision() == 1).count();
    long withdrawn = revised.stream().filter(event -> event.status() == Status.WITHDRAWN).count();
    counts = new Counts(counts.windows(), counts.events() + opened - withdrawn);
    return revised;
  }
}
