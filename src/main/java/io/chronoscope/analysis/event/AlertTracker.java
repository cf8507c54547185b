package io.chronoscope.analysis.event;

import io.chronoscope.analysis.StreamState.WatchedRule;
import io.chronoscope.analysis.event.RuleTracker.Observation;
import io.chronoscope.analysis.window.RuleEvaluation;
import io.chronoscope.analysis.window.RuleEvaluation.Match;
import io.chronoscope.analysis.window.SeenSpan;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Result.Alert;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.Sampling;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.rule.Rule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Follows the alerts of one stream across windows, those of each rule by a [RuleTracker]: alerts
/// open, update and close as events do; in addition there are the rule's cool-down and the event
/// that an alert refers to.
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
    watched.values().removeIf(rule -> RuleTracker.isOver(rule, nextFromMicros));
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
    RuleTracker tracker = tracker(rule);
    List<Alert> published = tracker.close();
    watched.put(rule.rule().id(), tracker.state());
    return published;
  }

  private List<Alert> follow(Rule rule, Optional<Match> match, Observation observation) {
    WatchedRule unknown = new WatchedRule(rule, Optional.empty(), OptionalLong.empty());
    RuleTracker tracker = tracker(watched.getOrDefault(rule.id(), unknown));
    List<Alert> published = tracker.observe(rule, match, observation);
    watched.put(rule.id(), tracker.state());
    return published;
  }

  private RuleTracker tracker(WatchedRule rule) {
    return new RuleTracker(stream, clock, model, rule, onSuppressed);
  }
}
