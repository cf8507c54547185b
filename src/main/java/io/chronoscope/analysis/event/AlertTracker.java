package io.chronoscope.analysis.event;

import io.chronoscope.analysis.StableIds;
import io.chronoscope.analysis.StreamState.OpenAlert;
import io.chronoscope.analysis.StreamState.OpenEvent;
import io.chronoscope.analysis.StreamState.WatchedRule;
import io.chronoscope.analysis.window.RuleMatch;
import io.chronoscope.analysis.window.SeenSpan;
import io.chronoscope.analysis.window.Sighting;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Result.Alert;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.Sampling;
import io.chronoscope.rule.Rule;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;

/// The alerts of one stream. What windows find of a rule is followed by an [EventTracker] as events
/// are, one for each rule, so alerts open, move and close as events do; on top of that come the
/// cool-down and the event that an alert points to.
///
/// Like the tracker it is a function of what it is shown and of its state, which says nothing of
/// rules of which there is nothing to remember.
public final class AlertTracker {

  private static final Comparator<Alert> ORDER =
      Comparator.comparing(Alert::start).thenComparing(Alert::id);

  private final String stream;
  private final Instant streamStart;
  private final ModelRef model;
  private final Consumer<Rule> onCooled;
  private final Map<String, WatchedRule> watched = new TreeMap<>();

  /// @param onCooled told of a rule whose cool-down kept it from opening an alert
  public AlertTracker(
      String stream,
      Instant streamStart,
      ModelRef model,
      List<WatchedRule> state,
      Consumer<Rule> onCooled) {
    this.stream = stream;
    this.streamStart = streamStart;
    this.model = model;
    this.onCooled = onCooled;
    state.forEach(rule -> watched.put(rule.rule().id(), rule));
  }

  public List<WatchedRule> state() {
    return List.copyOf(watched.values());
  }

  /// Takes in what a window found. An open alert of which nothing was found out, because its rule
  /// was taken away or changed or its answer could not be used, is closed.
  ///
  /// A look at a window that is not full yet closes nothing, and tells nothing of a second sighting
  /// of a rule whose alert is open.
  ///
  /// @param events what the look changed about events
  /// @param nextFromMicros where the next window begins to look
  /// @return revisions to publish, by start
  public List<Alert> observe(
      SeenSpan span,
      Sampling sampling,
      List<RuleMatch> findings,
      List<VideoEvent> events,
      long nextFromMicros) {
    Map<String, RuleMatch> byRule = new TreeMap<>();
    findings.forEach(finding -> byRule.put(finding.rule().id(), finding));
    List<Alert> published = new ArrayList<>();
    for (WatchedRule before : span.whole() ? state() : List.<WatchedRule>of()) {
      String id = before.rule().id();
      RuleMatch finding = byRule.get(id);
      boolean reworded = finding != null && !finding.rule().text().equals(before.rule().text());
      if (finding == null || !finding.usable() || reworded) {
        published.addAll(close(before));
      }
      if (reworded) {
        watched.remove(id);
      }
    }
    byRule.values().stream()
        .filter(finding -> finding.usable() && (span.whole() || finding.seen().isPresent()))
        .forEach(
            finding -> published.addAll(follow(finding, span, sampling, events, nextFromMicros)));
    watched.values().removeIf(rule -> isOver(rule, nextFromMicros));
    published.sort(ORDER);
    return published;
  }

  /// Nothing more will be seen of the stream, or not for long enough.
  public List<Alert> closeAll() {
    return state().stream().flatMap(rule -> close(rule).stream()).sorted(ORDER).toList();
  }

  private List<Alert> close(WatchedRule rule) {
    if (rule.open().isEmpty()) {
      return List.of();
    }
    OpenAlert open = rule.open().get();
    watched.put(
        rule.rule().id(),
        new WatchedRule(
            rule.rule(), Optional.empty(), OptionalLong.of(endMicros(open.seen().event()))));
    return tracker(rule).closeAll().stream()
        .map(last -> alert(last, rule.rule(), open.score(), open.event()))
        .toList();
  }

  private List<Alert> follow(
      RuleMatch finding,
      SeenSpan span,
      Sampling sampling,
      List<VideoEvent> events,
      long nextFromMicros) {
    Rule rule = finding.rule();
    WatchedRule before =
        watched.getOrDefault(
            rule.id(), new WatchedRule(rule, Optional.empty(), OptionalLong.empty()));
    Optional<OpenEvent> open = before.open().map(OpenAlert::seen);
    EventTracker tracker = tracker(before);
    boolean goesOn =
        open.isPresent()
            && finding.seen().filter(seen -> tracker.continues(open.get(), seen, span)).isPresent();
    // What this window disproves never was, so it keeps nothing else from being told.
    OptionalLong quietAfter =
        open.isPresent() && !tracker.isDisproved(open.get(), span)
            ? OptionalLong.of(endMicros(open.get().event()))
            : before.lastEndMicros();
    Optional<Sighting> sighting =
        finding.seen().filter(seen -> goesOn || !isCoolingDown(rule, quietAfter, seen));
    if (!span.whole() && (sighting.isEmpty() || (open.isPresent() && !goesOn))) {
      // The whole window will say more.
      return List.of();
    }
    if (finding.seen().isPresent() && sighting.isEmpty()) {
      onCooled.accept(rule);
    }
    List<Alert> published = new ArrayList<>();
    OptionalLong lastEnd = before.lastEndMicros();
    for (VideoEvent revision :
        tracker.observe(span, sampling, sighting.stream().toList(), nextFromMicros)) {
      Found found = found(revision, before, finding, goesOn, events);
      published.add(alert(revision, rule, found.score(), found.event()));
      if (revision.status() == Status.CLOSED) {
        lastEnd =
            OptionalLong.of(Math.max(endMicros(revision), lastEnd.orElse(endMicros(revision))));
      }
    }
    Optional<OpenAlert> stillOpen =
        tracker.open().stream()
            .findFirst()
            .map(seen -> {
              Found found = found(seen.event(), before, finding, goesOn, events);
              return new OpenAlert(seen, found.score(), found.event());
            });
    watched.put(rule.id(), new WatchedRule(rule, stillOpen, lastEnd));
    return published;
  }

  /// @param event the event that tells the same
  private record Found(double score, Optional<String> event) {}

  private static Found found(
      VideoEvent seen,
      WatchedRule before,
      RuleMatch finding,
      boolean goesOn,
      List<VideoEvent> events) {
    Optional<OpenAlert> earlier =
        before.open().filter(alert -> alert.seen().event().id().equals(seen.id()));
    double score =
        earlier
            .map(alert -> goesOn ? Math.max(alert.score(), finding.score()) : alert.score())
            .orElse(finding.score());
    return new Found(score, pointsTo(seen, earlier.flatMap(OpenAlert::event), events));
  }

  private static boolean isCoolingDown(Rule rule, OptionalLong quietAfter, Sighting seen) {
    return rule.coolDown().isPositive()
        && quietAfter.isPresent()
        && seen.startMicros() < quietAfter.getAsLong() + micros(rule.coolDown());
  }

  /// Whether nothing need be remembered of a rule.
  private static boolean isOver(WatchedRule rule, long nextFromMicros) {
    return rule.open().isEmpty()
        && (rule.lastEndMicros().isEmpty()
            || rule.lastEndMicros().getAsLong() + micros(rule.rule().coolDown()) <= nextFromMicros);
  }

  /// The event that tells the same: of those that happen at the time the one most alike in words,
  /// and of equals the one that shares most of the time. Once found it stays, unless it is
  /// withdrawn or another is better.
  private static Optional<String> pointsTo(
      VideoEvent alert, Optional<String> earlier, List<VideoEvent> events) {
    List<VideoEvent> meanwhile =
        events.stream()
            .filter(event -> event.status() != Status.WITHDRAWN && shared(alert, event) > 0)
            .toList();
    boolean stands =
        earlier.isPresent()
            && events.stream()
                .noneMatch(event ->
                    event.status() == Status.WITHDRAWN && event.id().equals(earlier.get()));
    if (stands && meanwhile.stream().noneMatch(event -> event.id().equals(earlier.get()))) {
      return earlier;
    }
    return meanwhile.stream()
        .max(
            Comparator.comparing((VideoEvent event) -> sharesHalf(alert, event))
                .thenComparing(
                    event -> TextSimilarity.likeness(alert.description(), event.description()))
                .thenComparing(event -> (double) shared(alert, event) / joined(alert, event))
                .thenComparing(VideoEvent::id))
        .map(VideoEvent::id);
  }

  private static boolean sharesHalf(VideoEvent one, VideoEvent other) {
    return shared(one, other) * 2 >= Math.min(length(one), length(other));
  }

  private static long shared(VideoEvent one, VideoEvent other) {
    return Math.min(one.endOffsetMs(), other.endOffsetMs())
        - Math.max(one.startOffsetMs(), other.startOffsetMs());
  }

  private static long joined(VideoEvent one, VideoEvent other) {
    return Math.max(one.endOffsetMs(), other.endOffsetMs())
        - Math.min(one.startOffsetMs(), other.startOffsetMs());
  }

  private static long length(VideoEvent event) {
    return event.endOffsetMs() - event.startOffsetMs();
  }

  private EventTracker tracker(WatchedRule rule) {
    return new EventTracker(
        stream,
        streamStart,
        model,
        rule.open().stream().map(OpenAlert::seen).toList(),
        SemanticMatcher.OF_WORDS_ONLY,
        (startMicros, text) ->
            StableIds.of("alr", stream, streamStart, rule.rule().id(), startMicros, text));
  }

  private static Alert alert(VideoEvent seen, Rule rule, double score, Optional<String> event) {
    return new Alert(
        seen.id(),
        seen.revision(),
        seen.status(),
        rule.id(),
        seen.description(),
        rule.priority(),
        seen.stream(),
        seen.span(),
        seen.toleranceMs(),
        score,
        event,
        seen.provenance(),
        seen.chunks());
  }

  private long endMicros(VideoEvent event) {
    return ChronoUnit.MICROS.between(streamStart, event.end());
  }

  private static long micros(Duration duration) {
    return duration.toMillis() * 1000;
  }
}
