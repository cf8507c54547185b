package io.chronoscope.analysis.event;

import io.chronoscope.analysis.StableIds;
import io.chronoscope.analysis.StreamState.OpenAlert;
import io.chronoscope.analysis.StreamState.OpenEvent;
import io.chronoscope.analysis.StreamState.WatchedRule;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// Follows the alert of a single rule: an [EventTracker] finds out which matches are one
/// occurrence, and the rule's cool-down suppresses new alerts.
final class RuleTracker {

  /// The analysis of a window, apart from its matches.
  ///
  /// @param events revisions of events published for the same analysis
  /// @param nextFromMicros start of the next window, in microseconds from the stream's start
  record Observation(
      SeenSpan span, Sampling sampling, List<VideoEvent> events, long nextFromMicros) {}

  private final StreamClock clock;
  private final Consumer<Rule> onSuppressed;
  private final WatchedRule before;
  private final EventTracker tracker;
  private WatchedRule state;

  /// @param before the rule's state
  /// @param onSuppressed called when the cool-down suppresses an alert
  RuleTracker(
      String stream,
      StreamClock clock,
      ModelRef model,
      WatchedRule before,
      Consumer<Rule> onSuppressed) {
    this.clock = clock;
    this.onSuppressed = onSuppressed;
    this.before = before;
    this.state = before;
    this.tracker =
        new EventTracker(
            stream,
            clock.start(),
            model,
            before.open().stream().map(OpenAlert::seen).toList(),
            SemanticMatcher.OF_WORDS_ONLY,
            (startMicros, text) ->
                StableIds.of("alr", stream, clock.start(), before.rule().id(), startMicros, text),
            EventConfidence.OFF,
            (event, outcome) -> {});
  }

  WatchedRule state() {
    return state;
  }

  /// Closes the open alert, if there is one.
  List<Alert> close() {
    if (before.open().isEmpty()) {
      return List.of();
    }
    OpenAlert open = before.open().get();
    state =
        new WatchedRule(
            before.rule(), Optional.empty(), OptionalLong.of(endMicros(open.seen().event())));
    return tracker.closeAll().stream()
        .map(last -> alert(last, before.rule(), new Details(open.score(), open.event())))
        .toList();
  }

  /// Adds one evaluation. Call at most once.
  ///
  /// @param rule as it is now
  /// @param match empty when the rule does not match
  List<Alert> observe(Rule rule, Optional<Match> match, Observation observation) {
    SeenSpan span = observation.span();
    Optional<OpenEvent> open = before.open().map(OpenAlert::seen);
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
            observation.nextFromMicros(),
            // A rule is asked about each window anew.
            0)) {
      published.add(
          alert(revision, rule, details(revision, match, continues, observation.events())));
      if (revision.status() == Status.CLOSED) {
        long end = endMicros(revision);
        lastClosed = OptionalLong.of(Math.max(end, lastClosed.orElse(end)));
      }
    }
    Optional<OpenAlert> stillOpen =
        tracker.open().stream()
            .findFirst()
            .map(event -> {
              Details details = details(event.event(), match, continues, observation.events());
              return new OpenAlert(event, details.score(), details.event());
            });
    state = new WatchedRule(rule, stillOpen, lastClosed);
    return published;
  }

  private static boolean isCoolingDown(Rule rule, OptionalLong lastEnd, Sighting sighting) {
    return rule.coolDown().isPositive()
        && lastEnd.isPresent()
        && sighting.startMicros() < lastEnd.getAsLong() + micros(rule.coolDown());
  }

  /// Whether a rule has neither an open alert nor a cool-down that still runs at `micros`.
  static boolean isOver(WatchedRule rule, long micros) {
    return rule.open().isEmpty()
        && (rule.lastEndMicros().isEmpty()
            || rule.lastEndMicros().getAsLong() + micros(rule.rule().coolDown()) <= micros);
  }

  /// What an alert has beyond an event.
  ///
  /// @param event id of the event that describes the same occurrence
  private record Details(double score, Optional<String> event) {}

  /// @param seen an alert, as an event
  /// @param continues whether `match` continues the alert that was open before
  private Details details(
      VideoEvent seen, Optional<Match> match, boolean continues, List<VideoEvent> events) {
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

  private static Alert alert(VideoEvent seen, Rule rule, Details details) {
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
        details.score(),
        details.event(),
        seen.provenance(),
        seen.chunks(),
        seen.certainty());
  }

  private long endMicros(VideoEvent event) {
    return clock.offsetMicros(event.end());
  }

  private static long micros(Duration duration) {
    return duration.toMillis() * 1000;
  }
}
