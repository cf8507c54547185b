package io.chronoscope.cli.run;

import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.Alert;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.domain.Result.Gap;
import io.chronoscope.domain.Result.QuestionAnswer;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.StreamEnd;
import io.chronoscope.domain.Result.Summary;
import io.chronoscope.domain.Result.Unanswered;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.evaluation.Comparison;
import io.chronoscope.evaluation.GroundTruth;
import io.chronoscope.evaluation.ReportedEvent;
import io.chronoscope.render.StreamTimeline;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Collects the results of one stream, of each result the latest revision. Not thread-safe.
public final class StreamResults {

  /// Whether superseded revisions are retained, for [#published()].
  private enum Retention {
    ALL_REVISIONS,
    LATEST_ONLY
  }

  private final String stream;
  private final Retention retention;
  private final Map<String, VideoEvent> events = new LinkedHashMap<>();
  private final Map<String, Summary> windows = new LinkedHashMap<>();
  private final Map<String, Unanswered> unanswered = new LinkedHashMap<>();
  private final Set<DeadLetter> deadLetters = new LinkedHashSet<>();
  private final List<Result> published = new ArrayList<>();
  private final Map<String, Gap> gaps = new LinkedHashMap<>();
  private final Map<String, Alert> alerts = new LinkedHashMap<>();
  private Optional<Summary> summary = Optional.empty();
  private Optional<StreamEnd> end = Optional.empty();

  public StreamResults(String stream) {
    this(stream, Retention.ALL_REVISIONS);
  }

  private StreamResults(String stream, Retention retention) {
    this.stream = stream;
    this.retention = retention;
  }

  /// Retains no superseded revisions: a long stream may have many.
  static StreamResults latestOnly(String stream) {
    return new StreamResults(stream, Retention.LATEST_ONLY);
  }

  public void add(Result result) {
    if (retention == Retention.ALL_REVISIONS) {
      published.add(result);
    }
    switch (result) {
      case VideoEvent event ->
          events.merge(
              event.id(), event, (old, next) -> next.revision() >= old.revision() ? next : old);
      case Summary next -> {
        switch (next.level()) {
          case WINDOW -> windows.put(next.id(), next);
          case MINUTE, HOUR -> {}
          case STREAM -> summary = Optional.of(next);
        }
      }
      case Unanswered window -> unanswered.put(window.id(), window);
      case Gap gap -> gaps.put(gap.id(), gap);
      case StreamEnd ended -> end = Optional.of(ended);
      case DeadLetter deadLetter -> deadLetters.add(deadLetter);
      case Alert alert ->
          alerts.merge(
              alert.id(), alert, (old, next) -> next.revision() >= old.revision() ? next : old);
      case QuestionAnswer answer -> {}
    }
  }

  /// Returns all revisions in the order in which they were added; empty for [#latestOnly].
  public List<Result> published() {
    return published;
  }

  public String stream() {
    return stream;
  }

  /// Whether no further results follow. The stream's end and its summary are published on two
  /// topics, so either may be read first.
  public boolean isComplete() {
    return end.isPresent()
        && (end.get().windows() == 0
            || summary.filter(last -> !last.end().isBefore(end.get().end())).isPresent());
  }

  public Collection<VideoEvent> events() {
    return events.values();
  }

  /// Returns the alerts that are not withdrawn, in order of their start.
  public List<Alert> alerts() {
    return alerts.values().stream()
        .filter(alert -> alert.status() != Status.WITHDRAWN)
        .sorted(Comparator.comparing(Alert::start))
        .toList();
  }

  public Collection<DeadLetter> deadLetters() {
    return deadLetters;
  }

  public Collection<Gap> gaps() {
    return gaps.values();
  }

  public Collection<Unanswered> unanswered() {
    return unanswered.values();
  }

  /// Returns the window summaries.
  Collection<Summary> windows() {
    return windows.values();
  }

  /// Returns the summary of the whole stream.
  Optional<Summary> summary() {
    return summary;
  }

  /// Returns the end of the part that was analyzed, in milliseconds from the stream's start.
  public long analyzedMs() {
    long analyzed = summary.map(Summary::endOffsetMs).orElse(0L);
    for (Summary window : windows.values()) {
      analyzed = Math.max(analyzed, window.endOffsetMs());
    }
    for (Unanswered window : unanswered.values()) {
      analyzed = Math.max(analyzed, window.endOffsetMs());
    }
    for (VideoEvent event : events.values()) {
      analyzed = Math.max(analyzed, event.endOffsetMs());
    }
    return analyzed;
  }

  /// Compares the closed events with the ground truth.
  public Comparison compare(GroundTruth truth) {
    return Comparison.of(
        truth,
        events.values().stream()
            .filter(event -> event.status() == Status.CLOSED)
            .map(StreamResults::reported)
            .toList());
  }

  static ReportedEvent reported(VideoEvent event) {
    return new ReportedEvent(
        event.id(),
        event.startOffsetMs(),
        event.endOffsetMs(),
        event.description(),
        event.toleranceMs(),
        event.certainty().confidence());
  }

  /// @param name the stream's name in the drawing
  /// @param comparison of these results with the ground truth, if it is known
  public StreamTimeline timeline(String name, Optional<Comparison> comparison) {
    return new ResultTimeline(this).of(name, comparison);
  }
}
