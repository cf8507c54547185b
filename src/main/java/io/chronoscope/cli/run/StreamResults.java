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
import io.chronoscope.render.StreamTimeline.Check;
import io.chronoscope.render.StreamTimeline.Invented;
import io.chronoscope.render.StreamTimeline.Missed;
import io.chronoscope.render.StreamTimeline.Reported;
import io.chronoscope.render.StreamTimeline.Row;
import io.chronoscope.render.StreamTimeline.TrueSpan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// All that was said about one stream so far: of each event and alert its latest revision, the
/// summaries, what could not be read or answered. Not thread-safe.
public final class StreamResults {

  private final String stream;
  private final boolean keepsAll;
  private final Map<String, VideoEvent> events = new LinkedHashMap<>();
  private final Map<String, Summary> windows = new LinkedHashMap<>();
  private final Map<String, Unanswered> unanswered = new LinkedHashMap<>();
  private final Set<DeadLetter> deadLetters = new LinkedHashSet<>();
  private final List<Result> published = new ArrayList<>();
  private final Map<String, Gap> gaps = new LinkedHashMap<>();
  private final Map<String, Alert> alerts = new LinkedHashMap<>();
  private Optional<Summary> whole = Optional.empty();
  private Optional<StreamEnd> end = Optional.empty();

  public StreamResults(String stream) {
    this(stream, true);
  }

  private StreamResults(String stream, boolean keepsAll) {
    this.stream = stream;
    this.keepsAll = keepsAll;
  }

  /// Keeps no older revisions, which may be many of a long stream.
  public static StreamResults latestOnly(String stream) {
    return new StreamResults(stream, false);
  }

  public void add(Result result) {
    if (keepsAll) {
      published.add(result);
    }
    switch (result) {
      case VideoEvent event ->
          events.merge(
              event.id(), event, (old, next) -> next.revision() >= old.revision() ? next : old);
      case Summary summary -> {
        switch (summary.level()) {
          case WINDOW -> windows.put(summary.id(), summary);
          case MINUTE, HOUR -> {}
          case STREAM -> whole = Optional.of(summary);
        }
      }
      case Unanswered window -> unanswered.put(window.id(), window);
      case Gap gap -> gaps.put(gap.id(), gap);
      case StreamEnd ended -> end = Optional.of(ended);
      case DeadLetter letter -> deadLetters.add(letter);
      case Alert alert ->
          alerts.merge(
              alert.id(), alert, (old, next) -> next.revision() >= old.revision() ? next : old);
      case QuestionAnswer answer -> {}
    }
  }

  /// All of it in the order in which it came, older revisions too; empty of [#latestOnly].
  public List<Result> published() {
    return published;
  }

  public String stream() {
    return stream;
  }

  /// Whether nothing more will be said about it. The end and the summary of the whole come on two
  /// topics, so either may be read first.
  public boolean over() {
    return end.isPresent()
        && (end.get().windows() == 0
            || whole.filter(summary -> !summary.end().isBefore(end.get().end())).isPresent());
  }

  public Collection<VideoEvent> events() {
    return events.values();
  }

  /// Those that stand, by start.
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

  Optional<Summary> summary() {
    return whole;
  }

  /// How much of the stream was looked at.
  public long seenMs() {
    long seen = whole.map(Summary::endOffsetMs).orElse(0L);
    for (Summary window : windows.values()) {
      seen = Math.max(seen, window.endOffsetMs());
    }
    for (Unanswered window : unanswered.values()) {
      seen = Math.max(seen, window.endOffsetMs());
    }
    for (VideoEvent event : events.values()) {
      seen = Math.max(seen, event.endOffsetMs());
    }
    return seen;
  }

  /// Closed events against what really happened.
  public Comparison compare(GroundTruth truth) {
    return Comparison.of(truth, answered().stream().map(StreamResults::answer).toList());
  }

  private List<VideoEvent> answered() {
    return events.values().stream().filter(event -> event.status() == Status.CLOSED).toList();
  }

  private static ReportedEvent answer(VideoEvent event) {
    return new ReportedEvent(event.startOffsetMs(), event.endOffsetMs(), event.description());
  }

  /// @param name what to call the stream
  public StreamTimeline timeline(String name, Optional<Comparison> comparison) {
    Map<ReportedEvent, List<Check>> checks = new LinkedHashMap<>();
    List<Row> rows = new ArrayList<>();
    comparison.ifPresent(known -> {
      known
          .pairings()
          .forEach(pairing ->
              pairing
                  .answer()
                  .ifPresentOrElse(
                      answer ->
                          checks
                              .computeIfAbsent(answer, a -> new ArrayList<>())
                              .add(
                                  new TrueSpan(
                                      pairing.truth().startMs(),
                                      pairing.truth().endMs(),
                                      pairing.iou())),
                      () ->
                          rows.add(
                              new Missed(
                                  pairing.truth().startMs(),
                                  pairing.truth().endMs(),
                                  pairing.truth().description()))));
      known
          .invented()
          .forEach(
              answer -> checks.computeIfAbsent(answer, a -> new ArrayList<>()).add(new Invented()));
    });
    for (VideoEvent event : events.values()) {
      if (event.status() == Status.WITHDRAWN) {
        continue;
      }
      List<Check> left = checks.getOrDefault(answer(event), List.of());
      rows.add(
          new Reported(
              event.startOffsetMs(),
              event.endOffsetMs(),
              event.toleranceMs(),
              event.description(),
              !event.isFinal(),
              left.isEmpty() ? Optional.empty() : Optional.of(left.removeFirst())));
    }
    rows.addAll(GapRows.of(gaps.values()));
    long knownMs = gaps.values().stream().mapToLong(Gap::endOffsetMs).max().orElse(0);
    return new StreamTimeline(
        name, Math.max(seenMs(), knownMs), caption(), rows, whole.map(Summary::text).orElse(""));
  }

  private String caption() {
    Set<Double> rates = new TreeSet<>();
    Set<String> sizes = new LinkedHashSet<>();
    for (Summary window : windows.values()) {
      rates.add(window.sampling().fps());
      sizes.add(window.sampling().frameWidthPx() + "×" + window.sampling().frameHeightPx());
    }
    List<String> parts = new ArrayList<>();
    if (!windows.isEmpty()) {
      parts.add(windows.size() == 1 ? "one window" : windows.size() + " windows");
    }
    if (!rates.isEmpty()) {
      List<String> written =
          rates.stream().map(fps -> String.format(Locale.ROOT, "%.3g", fps)).toList();
      parts.add(String.join("/", written.stream().map(StreamResults::trimmed).toList()) + " fps");
    }
    if (!sizes.isEmpty()) {
      parts.add("at " + String.join("/", sizes));
    }
    int level = windows.values().stream().mapToInt(w -> w.sampling().loadLevel()).max().orElse(0);
    if (level > 0) {
      parts.add("behind, load level up to " + level);
    }
    if (!deadLetters.isEmpty()) {
      parts.add(deadLetters.size() + " unreadable");
    }
    if (!unanswered.isEmpty()) {
      parts.add(unanswered.size() + " unanswered");
    }
    return String.join(", ", parts);
  }

  private static String trimmed(String number) {
    return number.contains(".") ? number.replaceAll("\\.?0+$", "") : number;
  }
}
