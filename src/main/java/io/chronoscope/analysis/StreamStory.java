package io.chronoscope.analysis;

import io.chronoscope.analysis.StreamState.WindowDigest;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.model.Result;
import io.chronoscope.model.Result.Level;
import io.chronoscope.model.Result.Summary;
import io.chronoscope.model.Result.Unanswered;
import io.chronoscope.model.Result.VideoEvent;
import io.chronoscope.model.Sampling;
import io.chronoscope.vlm.Answer;
import io.chronoscope.vlm.Prompt;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// What has been told of a stream so far, and how windows' answers go on with it: events by the
/// [EventTracker], a summary for each window, and one for the whole at its end. Its [#state] is all
/// there is to it.
final class StreamStory {

  /// Above this many windows the oldest are folded into one, so that a stream may last for ever.
  private static final int MAX_DIGESTS = 256;

  private static final int FOLDED_DIGESTS = 64;
  private static final int MAX_TEXT = 4000;

  private final String stream;
  private final Instant start;
  private final AnalysisSettings settings;
  private final BatchedModel model;
  private final EventTracker tracker;
  private final List<WindowDigest> digests;
  private long nextWindow;

  StreamStory(StreamState state, AnalysisSettings settings, BatchedModel model) {
    this.stream = state.stream();
    this.start = state.start();
    this.settings = settings;
    this.model = model;
    this.tracker = new EventTracker(stream, start, model.ref(), state.openEvents());
    this.digests = new ArrayList<>(state.windows());
    this.nextWindow = state.nextWindow();
  }

  static StreamStory begin(
      String stream, Instant start, AnalysisSettings settings, BatchedModel model) {
    return new StreamStory(
        new StreamState(
            StreamState.VERSION, stream, start, 0, 0, Optional.empty(), List.of(), List.of()),
        settings,
        model);
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

  StreamState state(long resumeSequence, Optional<Instant> resumeStart) {
    return new StreamState(
        StreamState.VERSION,
        stream,
        start,
        nextWindow,
        resumeSequence,
        resumeStart,
        tracker.open(),
        digests);
  }

  /// Goes on with the next window's answer.
  List<Result> take(WindowAnswer answer) {
    SeenSpan span = answer.span();
    nextWindow = span.window() + 1;
    List<VideoEvent> events =
        tracker.observe(
            span, answer.sampling(), answer.events(), settings.windows().startOf(nextWindow));
    List<Result> results = new ArrayList<>(events);
    answer.problem().ifPresent(problem -> results.add(unanswered(answer, problem, "events")));
    if (answer.summary().isBlank()) {
      results.add(unanswered(answer, "the model gave no summary", "summary"));
    } else {
      Summary summary = windowSummary(answer, events);
      results.add(summary);
      digests.add(
          new WindowDigest(
              summary.id(), summary.start(), summary.end(), summary.text(), summary.sampling()));
      if (digests.size() > MAX_DIGESTS) {
        foldOldest();
      }
    }
    return results;
  }

  /// The next window has no frame.
  ///
  /// @param next the window to go on with
  List<Result> sawNothing(long next) {
    nextWindow = next;
    return List.copyOf(tracker.closeAll());
  }

  /// The stream is over.
  List<Result> end(long lengthMicros) {
    List<Result> results = new ArrayList<>(tracker.closeAll());
    if (!digests.isEmpty()) {
      WindowDigest whole = fold(digests);
      results.add(
          new Summary(
              Ids.of("sum", stream, start, "stream"),
              Level.STREAM,
              stream,
              start,
              start.plus(lengthMicros, ChronoUnit.MICROS),
              0,
              Math.round(lengthMicros / 1000.0),
              whole.text(),
              model.ref(),
              whole.sampling(),
              digests.stream().map(WindowDigest::summaryId).toList()));
    }
    return results;
  }

  private Summary windowSummary(WindowAnswer answer, List<VideoEvent> events) {
    SeenSpan span = answer.span();
    return new Summary(
        Ids.of("sum", stream, start, "window", span.window()),
        Level.WINDOW,
        stream,
        at(span.firstMicros()),
        at(span.untilMicros()),
        Math.round(span.firstMicros() / 1000.0),
        Math.round(span.untilMicros() / 1000.0),
        answer.summary(),
        model.ref(),
        answer.sampling(),
        events.stream().map(VideoEvent::id).toList());
  }

  private Unanswered unanswered(WindowAnswer answer, String problem, String question) {
    SeenSpan span = answer.span();
    return new Unanswered(
        Ids.of("una", stream, start, question, span.window()),
        stream,
        at(span.firstMicros()),
        at(span.untilMicros()),
        Math.round(span.firstMicros() / 1000.0),
        Math.round(span.untilMicros() / 1000.0),
        question + ": " + problem,
        answer.lastWords(),
        model.ref(),
        answer.sampling());
  }

  private Instant at(long micros) {
    return start.plus(micros, ChronoUnit.MICROS);
  }

  private void foldOldest() {
    List<WindowDigest> oldest = digests.subList(0, FOLDED_DIGESTS);
    WindowDigest folded = fold(oldest);
    oldest.clear();
    digests.addFirst(folded);
  }

  private WindowDigest fold(List<WindowDigest> parts) {
    if (parts.size() == 1) {
      return parts.getFirst();
    }
    WindowDigest first = parts.getFirst();
    Sampling sampling = first.sampling();
    int frames = parts.stream().mapToInt(part -> part.sampling().framesSeen()).sum();
    int tokens = parts.stream().mapToInt(part -> part.sampling().videoTokens()).sum();
    double fps = parts.stream().mapToDouble(part -> part.sampling().fps()).min().orElseThrow();
    return new WindowDigest(
        first.summaryId(),
        first.start(),
        parts.getLast().end(),
        whole(parts),
        new Sampling(
            frames,
            fps,
            "lowest of " + parts.size() + " parts",
            tokens,
            sampling.frameWidthPx(),
            sampling.frameHeightPx()));
  }

  private String whole(List<WindowDigest> parts) {
    List<String> lines =
        parts.stream()
            .map(part ->
                "%s - %s: %s"
                    .formatted(clock(micros(part.start())), clock(micros(part.end())), part.text()))
            .toList();
    if (settings.summarizesText()) {
      Answer answer =
          model
              .generate(
                  Prompt.of(
                      List.of(new Prompt.Part.Text(Prompts.whole(lines))), settings.maxNewTokens()))
              .join();
      if (!answer.text().isBlank()) {
        return answer.text().strip();
      }
    }
    return clipped(lines.stream().collect(Collectors.joining("\n")));
  }

  private static String clipped(String text) {
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
  }

  private static String clock(long micros) {
    long seconds = Math.round(micros / 1e6);
    return "%02d:%02d".formatted(seconds / 60, seconds % 60);
  }
}
