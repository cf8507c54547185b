package io.chronoscope.analysis.stream;

import io.chronoscope.analysis.AnalysisEvent.AlertSuppressed;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.StableIds;
import io.chronoscope.analysis.StreamPosition;
import io.chronoscope.analysis.StreamState;
import io.chronoscope.analysis.StreamState.Counts;
import io.chronoscope.analysis.StreamState.Summaries;
import io.chronoscope.analysis.TextTask;
import io.chronoscope.analysis.WindowSequence;
import io.chronoscope.analysis.event.AlertTracker;
import io.chronoscope.analysis.event.EventTracker;
import io.chronoscope.analysis.event.SemanticMatcher;
import io.chronoscope.analysis.summary.Summarizer;
import io.chronoscope.analysis.summary.SummaryFactory;
import io.chronoscope.analysis.summary.SummaryTree;
import io.chronoscope.analysis.window.SeenSpan;
import io.chronoscope.analysis.window.WindowAnswer;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.domain.Provenance;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.Unanswered;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.domain.TimeSpan;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What has been told of a stream so far, and how windows' answers go on with it: events by the
/// [EventTracker], summaries by the [SummaryTree]. Its [#state] is all there is to it.
final class StreamAggregator {

  private final String stream;
  private final Instant start;
  private final AnalysisSettings settings;
  private final BatchedModel model;
  private final EventTracker tracker;
  private final AlertTracker alerts;
  private final SummaryTree summaries;
  private Counts counts;
  private long nextWindow;

  StreamAggregator(
      StreamState state, AnalysisSettings settings, BatchedModel model, AnalysisListener listener) {
    this.stream = state.stream();
    this.start = state.start();
    this.settings = settings;
    this.model = model;
    this.tracker =
        new EventTracker(
            stream,
            start,
            model.ref(),
            state.openEvents(),
            settings.textTasks().contains(TextTask.COMPARE)
                ? SemanticMatcher.asking(model)
                : SemanticMatcher.OF_WORDS_ONLY);
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
                ? Summarizer.asking(model, settings.maxNewTokens())
                : Summarizer.joining(),
            settings.windows().stride(),
            state.summaries());
    this.counts = state.counts();
    this.nextWindow = state.nextWindow();
  }

  /// @param timing where a stream stands of which nothing was told yet
  static StreamAggregator begin(
      String stream,
      Instant start,
      StreamPosition timing,
      AnalysisSettings settings,
      BatchedModel model,
      AnalysisListener listener) {
    return new StreamAggregator(
        new StreamState(
            StreamState.VERSION,
            stream,
            start,
            0,
            List.of(),
            Summaries.NONE,
            Counts.NONE,
            List.of(),
            timing),
        settings,
        model,
        listener);
  }

  Instant start() {
    return start;
  }

  /// Microseconds since the epoch.
  long startMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, start);
  }

  /// Microseconds from the stream's start.
  long micros(Instant instant) {
    return ChronoUnit.MICROS.between(start, instant);
  }

  long nextWindow() {
    return nextWindow;
  }

  StreamState state(StreamPosition timing) {
    return new StreamState(
        StreamState.VERSION,
        stream,
        start,
        nextWindow,
        tracker.open(),
        summaries.state(),
        counts,
        alerts.state(),
        timing);
  }

  /// How much was told so far.
  Counts counts() {
    return counts;
  }

  /// Goes on with the next window's answer.
  ///
  /// @param windows from where windows are counted
  List<Result> take(WindowAnswer answer, WindowSequence windows) {
    SeenSpan span = answer.span();
    nextWindow = span.window() + 1;
    long nextFrom = windows.startOf(nextWindow);
    List<VideoEvent> events =
        counted(tracker.observe(span, answer.sampling(), answer.events(), nextFrom));
    counts = new Counts(counts.windows() + 1, counts.events());
    List<Result> results = new ArrayList<>(events);
    results.addAll(alerts.observe(span, answer.sampling(), answer.rules(), events, nextFrom));
    results.addAll(problems(answer));
    summary(answer, windows.startOf(span.window()), events)
        .flatMap(summaries::add)
        .ifPresent(results::add);
    results.addAll(summaries.advanceTo(nextFrom));
    return results;
  }

  /// Takes in what was seen of the next window before it is full. Only what opens, moves or is
  /// worded anew is told; the window itself is still to come.
  ///
  /// @param windows from where windows are counted
  List<Result> glance(WindowAnswer answer, WindowSequence windows) {
    SeenSpan span = answer.span();
    long from = windows.startOf(span.window());
    List<VideoEvent> events =
        counted(tracker.observe(span, answer.sampling(), answer.events(), from));
    List<Result> results = new ArrayList<>(events);
    results.addAll(alerts.observe(span, answer.sampling(), answer.rules(), events, from));
    return results;
  }

  /// What was missed was seen after all, by looks of their own; see [SummaryTree#repair]. Their
  /// events stand beside what the windows around them told, whose words are out already.
  List<Result> repaired(List<WindowAnswer> answers) {
    List<Result> results = new ArrayList<>();
    List<SummaryTree.Window> looks = new ArrayList<>();
    for (WindowAnswer answer : answers) {
      SeenSpan span = answer.span();
      List<VideoEvent> events =
          counted(
              new EventTracker(
                      stream,
                      start,
                      model.ref(),
                      List.of(),
                      SemanticMatcher.OF_WORDS_ONLY,
                      this::repairedEvent)
                  .observe(span, answer.sampling(), answer.events(), Long.MAX_VALUE));
      counts = new Counts(counts.windows() + 1, counts.events());
      results.addAll(events);
      results.addAll(problems(answer));
      summary(answer, span.firstMicros(), events).ifPresent(looks::add);
    }
    results.addAll(summaries.repair(looks));
    return results;
  }

  /// Beside an event that a window told with the same words.
  private String repairedEvent(long startMicros, String description) {
    return StableIds.of(
        "evt",
        stream,
        start,
        "repair",
        StableIds.of("evt", stream, start, startMicros, description));
  }

  /// What of an answer could not be used.
  private List<Unanswered> problems(WindowAnswer answer) {
    List<Unanswered> problems = new ArrayList<>();
    answer.problem().ifPresent(problem -> problems.add(unanswered(answer, problem, "events")));
    if (answer.summary().isBlank()) {
      problems.add(unanswered(answer, "the model gave no summary", "summary"));
    }
    return problems;
  }

  private static Optional<SummaryTree.Window> summary(
      WindowAnswer answer, long beginsMicros, List<VideoEvent> events) {
    SeenSpan span = answer.span();
    return answer.summary().isBlank()
        ? Optional.empty()
        : Optional.of(
            new SummaryTree.Window(
                span.window(),
                beginsMicros,
                span.firstMicros(),
                span.untilMicros(),
                answer.summary(),
                answer.sampling(),
                events.stream().map(VideoEvent::id).toList()));
  }

  /// WindowSequence are passed over: they have no frame, or nobody looks at them.
  ///
  /// @param next the window to go on with
  /// @param lost whether it shows nothing of what was seen before, so that what is open cannot be
  ///   followed any further
  /// @param windows from where windows are counted
  List<Result> passOver(long next, boolean lost, WindowSequence windows) {
    nextWindow = next;
    List<Result> results = lost ? closeAll() : new ArrayList<>();
    results.addAll(summaries.advanceTo(windows.startOf(next)));
    return results;
  }

  /// The stream is over, or rests: closes what is open and tells the whole so far.
  List<Result> end(long lengthMicros) {
    List<Result> results = closeAll();
    results.addAll(summaries.flush(lengthMicros));
    return results;
  }

  private List<Result> closeAll() {
    List<Result> results = new ArrayList<>(tracker.closeAll());
    results.addAll(alerts.closeAll());
    return results;
  }

  private List<VideoEvent> counted(List<VideoEvent> events) {
    long told = events.stream().filter(event -> event.revision() == 1).count();
    long withdrawn = events.stream().filter(event -> event.status() == Status.WITHDRAWN).count();
    counts = new Counts(counts.windows(), counts.events() + told - withdrawn);
    return events;
  }

  private Unanswered unanswered(WindowAnswer answer, String problem, String question) {
    SeenSpan span = answer.span();
    return new Unanswered(
        StableIds.of("una", stream, start, question, span.window()),
        stream,
        TimeSpan.of(new StreamClock(start), span.firstMicros(), span.untilMicros()),
        question + ": " + problem,
        answer.unusableText(),
        new Provenance(model.ref(), answer.sampling()));
  }
}
