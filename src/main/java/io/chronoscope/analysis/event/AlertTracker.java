package io.chronoscope.analysis.event;

import io.chronoscope.analysis.StableIds;
import io.chronoscope.analysis.StreamState.OpenAlert;
import io.chronoscope.analysis.StreamState.OpenEvent;
import io.chronoscope.analysis.StreamState.WatchedRule;
import io.chronoscope.analysis.window.RuleEvaluation;
import io.chronoscope.analysis.window.RuleEvaluation.Match;
import io.chronoscope.analysis.window.SeenSpan;
import io.chronoscope.analysis.window.Sighting;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Result.Alert;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.Sampling;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.rule.Rule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Follows the alerts of one stream across windows. Each rule has an [EventTracker] of its own, so
/// that alerts open, update and close as events do; in addition there are the rule's cool-down and
/// the event that an alert refers to.
///
/// Like the event tracker it is deterministic given its observations and its state. The state has
/// no entry for a rule without an open alert or a running cool-down. For use by one thread at a
/// time.
public final class AlertTracker {

  private static final Comparator<Alert> ORDER =
      Comparator.comparing(Alert::start).thenComparing(Alert::id);

  private final String stream;
  private final StreamClock clock;
  private final ModelRef model;
  private final Consumer<Rule> onSuppressed;
  private final Map<String, WatchedRule> watched = new TreeMap<>();

  /// @param onSuppressed called for each rule whose cool-down suppresses an alert
  public AlertTracker(
      String stream,
      Instant streamStart,
      ModelRef model,
      List<WatchedRule> state,
      Consumer<Rule> onSuppressed) {
    this.stream = stream;
    this.clock = new StreamClock(streamStart);
    this.model = model;
    this.onSuppressed = onSuppressed;
    state.forEach(rule -> watched.put(rule.rule().id(), rule));
  }

  public List<WatchedRule> state() {
    return List.copyOf(watched.values());
  }

  /// @param events revisions of events published for the same analysis
  private record Observation(
      SeenSpan span, Sampling sampling, List<VideoEvent> events, long nextFromMicros) {}

  /// Adds the rule evaluations of a window. An open alert closes if nothing is known about its rule
  /// any more: the rule was removed or reworded, or the model's answer could not be used.
  ///
  /// A partial analysis closes nothing, and does not open a second alert for a rule that has one
  /// open.
  ///
  /// @param events revisions of events published for the same analysis
  /// @param nextFromMicros start of the next window, in microseconds from the stream's start
  /// @return revisions to publish, by start
  public List<Alert> observe(
      SeenSpan span,
      Sampling sampling,
      List<RuleEvaluation> evaluations,
      List<VideoEvent> events,
      long nextFromMicros) {
    Map<String, RuleEvaluation> byRule = new TreeMap<>();
    evaluations.forEach(evaluation -> byRule.put(evaluation.rule().id(), evaluation));
    List<Alert> published = new ArrayList<>();
    if (span.isWhole()) {
      published.addAll(closeUnknown(byRule));
    }
    Observation observation = new Observation(span, sampling, events, nextFromMicros);
    for (RuleEvaluation evaluation : byRule.values()) {
      switch (evaluation) {
        case Match match -> published.addAll(follow(match.rule(), Optional.of(match), observation));
        case RuleEvaluation.NoMatch noMatch -> {
          if (span.isWhole()) {
            published.addAll(follow(noMatch.rule(), Optional.empty(), observation));
          }
        }
        case RuleEvaluation.Unusable _ -> {}
      }
    }
    watched.values().removeIf(rule -> isOver(rule, nextFromMicros));
    published.sort(ORDER);
    return published;
  }

  private List<Alert> closeUnknown(Map<String, RuleEvaluation> byRule) {
    List<Alert> published = new ArrayList<>();
    for (WatchedRule before : state()) {
      String id = before.rule().id();
      RuleEvaluation evaluation = byRule.get(id);
      boolean reworded =
          evaluation != null && !evaluation.rule().text().equals(before.rule().text());
      if (evaluation == null || evaluation instanceof RuleEvaluation.Unusable || reworded) {
        published.addAll(close(before));
      }
      if (reworded) {
        watched.remove(id);
      }
    }
    return published;
  }

  /// Closes all open alerts, because the stream has ended, is idle, or skips what would continue
  /// them.
  ///
  /// @return revisions to publish, by start
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

  private List<Alert> follow(Rule rule, Optional<Match> match, Observation observation) {
    SeenSpan span = observation.span();
    WatchedRule before =
        watched.getOrDefault(
            rule.id(), new WatchedRule(rule, Optional.empty(), OptionalLong.empty()));
    Optional<OpenEvent> open = before.open().map(OpenAlert::seen);
    EventTracker tracker = tracker(before);
    Optional<Sighting> seen = match.map(Match::sighting);
    boolean continues =
        open.isPresent()
            && seen.filter(sighting -> tracker.continues(open.get(), sighting, span)).isPresent();
    // An alert that this window disproves starts no cool-down.
    OptionalLong lastEnd =
        open.isPresent() && !tracker.isDisproved(open.get(), span)
            ? OptionalLong.of(endMicros(open.get().event()))
            : before.lastEndMicros();
    Optional<Sighting> accepted =
        seen.filter(sighting -> continues || !isCoolingDown(rule, lastEnd, sighting));
    if (!span.isWhole() && (accepted.isEmpty() || (open.isPresent() && !continues))) {
      // Leave it to the analysis of the whole window.
      return List.of();
    }
    if (seen.isPresent() && accepted.isEmpty()) {
      onSuppressed.accept(rule);
    }
    List<Alert> published = new ArrayList<>();
    OptionalLong lastClosed = before.lastEndMicros();
    for (VideoEvent revision :
        tracker.observe(
            span,
            observation.sampling(),
            accepted.stream().toList(),
            observation.nextFromMicros())) {
      Details details = details(revision, before, match, continues, observation.events());
      published.add(alert(revision, rule, details.score(), details.event()));
      if (revision.status() == Status.CLOSED) {
        long end = endMicros(revision);
        lastClosed = OptionalLong.of(Math.max(end, lastClosed.orElse(end)));
      }
    }
    Optional<OpenAlert> stillOpen =
        tracker.open().stream()
            .findFirst()
            .map(event -> {
              Details details =
                  details(event.event(), before, match, continues, observation.events());
              return new OpenAlert(event, details.score(), details.event());
            });
    watched.put(rule.id(), new WatchedRule(rule, stillOpen, lastClosed));
    return published;
  }

  /// What an alert has beyond an event.
  ///
  /// @param event id of the event that describes the same occurrence
  private record Details(double score, Optional<String> event) {}

  /// @param seen an alert, as an event
  /// @param continues whether `match` continues the alert that was open before
  private static Details details(
      VideoEvent seen,
      WatchedRule before,
      Optional<Match> match,
      boolean continues,
      List<VideoEvent> events) {
    Optional<OpenAlert> earlier =
        before.open().filter(alert -> alert.seen().event().id().equals(seen.id()));
    double score =
        earlier.isEmpty()
            ? match.orElseThrow().score()
            : continues
                ? Math.max(earlier.get().score(), match.orElseThrow().score())
                : earlier.get().score();
    return new Details(
        score, EventReference.choose(seen, earlier.flatMap(OpenAlert::event), events));
  }

  private static boolean isCoolingDown(Rule rule, OptionalLong lastEnd, Sighting sighting) {
    return rule.coolDown().isPositive()
        && lastEnd.isPresent()
        && sighting.startMicros() < lastEnd.getAsLong() + micros(rule.coolDown());
  }

  /// Whether a rule has neither an open alert nor a running cool-down.
  private static boolean isOver(WatchedRule rule, long nextFromMicros) {
    return rule.open().isEmpty()
        && (rule.lastEndMicros().isEmpty()
            || rule.lastEndMicros().getAsLong() + micros(rule.rule().coolDown()) <= nextFromMicros);
  }

  private EventTracker tracker(WatchedRule rule) {
    return new EventTracker(
        stream,
        clock.start(),
        model,
        rule.open().stream().map(OpenAlert::seen).toList(),
        SemanticMatcher.OF_WORDS_ONLY,
        (startMicros, text) ->
            StableIds.of("alr", stream, clock.start(), rule.rule().id(), startMicros, text));
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
    return clock.offsetMicros(event.end());
  }

  private static long micros(Duration duration) {
    return duration.toMillis() * 1000;
  }
}
