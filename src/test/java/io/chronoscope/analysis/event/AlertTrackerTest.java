package io.chronoscope.analysis.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.analysis.StreamState.WatchedRule;
import io.chronoscope.analysis.WindowPlan;
import io.chronoscope.analysis.window.RuleEvaluation;
import io.chronoscope.analysis.window.SeenSpan;
import io.chronoscope.analysis.window.Sighting;
import io.chronoscope.domain.Certainty;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Provenance;
import io.chronoscope.domain.Result.Alert;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.Sampling;
import io.chronoscope.domain.StreamPattern;
import io.chronoscope.domain.TimeSpan;
import io.chronoscope.rule.Rule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class AlertTrackerTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final ModelRef MODEL = new ModelRef("fake", "1");
  private static final Sampling SAMPLING = new Sampling(20, 2, "target", 90, 112, 84);
  private static final WindowPlan PLAN =
      new WindowPlan(Duration.ofSeconds(10), Duration.ofSeconds(2));
  private static final Rule RULE = rule("A red circle moves left.", 0);

  private final List<Rule> suppressed = new ArrayList<>();
  private AlertTracker alerts = alerts(List.of());

  private AlertTracker alerts(List<WatchedRule> state) {
    return new AlertTracker("cam", NOON, MODEL, state, suppressed::add);
  }

  private static Rule rule(String text, int coolDownSeconds) {
    return new Rule("circle", text, StreamPattern.ANY, 0.5, Duration.ofSeconds(coolDownSeconds), 3);
  }

  private static RuleEvaluation saw(Rule rule, double score, double start, double end) {
    long from = Math.round(start * 1e6);
    return new RuleEvaluation.Match(
        rule,
        score,
        new Sighting(
            from,
            Math.round(end * 1e6),
            rule.text(),
            500_000,
            List.of(from),
            List.of(new ChunkOrigin("video.chunks", 0, from / 2_000_000)),
            Certainty.UNSTATED));
  }

  private static RuleEvaluation sawNothing(Rule rule) {
    return new RuleEvaluation.NoMatch(rule);
  }

  private static RuleEvaluation unusable(Rule rule) {
    return new RuleEvaluation.Unusable(rule);
  }

  /// A window of 10 s with 2 s overlap at 2 fps; times in seconds from the stream's start.
  private List<Alert> window(long number, RuleEvaluation... evaluations) {
    return window(number, List.of(), evaluations);
  }

  private List<Alert> window(long number, List<VideoEvent> events, RuleEvaluation... evaluations) {
    long from = PLAN.startOf(number);
    long until = PLAN.endOf(number);
    return alerts.observe(
        new SeenSpan(number, from, until - 500_000, until, 500_000),
        SAMPLING,
        Arrays.asList(evaluations),
        events,
        PLAN.startOf(number + 1));
  }

  /// A partial analysis of the first seconds of a window.
  private List<Alert> partial(long number, double seconds, RuleEvaluation... evaluations) {
    long from = PLAN.startOf(number);
    long until = from + Math.round(seconds * 1e6);
    return alerts.observe(
        new SeenSpan(number, from, until - 500_000, until, 500_000, SeenSpan.Extent.PARTIAL),
        SAMPLING,
        Arrays.asList(evaluations),
        List.of(),
        from);
  }

  private static String describe(Alert alert) {
    return "%.1f-%.1f r%d %s %.2f"
        .formatted(
            alert.startOffsetMs() / 1e3,
            alert.endOffsetMs() / 1e3,
            alert.revision(),
            alert.status(),
            alert.score());
  }

  private static List<String> describe(List<Alert> alerts) {
    return alerts.stream().map(AlertTrackerTest::describe).toList();
  }

  private static VideoEvent event(
      String id, Status status, double start, double end, String description) {
    return new VideoEvent(
        id,
        1,
        status,
        "cam",
        new TimeSpan(
            NOON.plusMillis(Math.round(start * 1000)),
            NOON.plusMillis(Math.round(end * 1000)),
            Math.round(start * 1000),
            Math.round(end * 1000)),
        500,
        description,
        new Provenance(MODEL, SAMPLING),
        List.of());
  }

  @Nested
  class LifeCycle {

    @Test
    void opensAnAlertBeforeItsEndAndFollowsItAcrossWindows() {
      Alert opened = window(0, saw(RULE, 0.6, 7, 10)).getFirst();
      assertThat(describe(opened)).isEqualTo("7.0-10.0 r1 OPEN 0.60");
      assertThat(opened.rule()).isEqualTo("circle");
      assertThat(opened.text()).isEqualTo(RULE.text());
      assertThat(opened.priority()).isEqualTo(3);

      Alert moved = window(1, saw(RULE, 0.9, 8, 18)).getFirst();
      assertThat(describe(moved)).isEqualTo("7.0-18.0 r2 UPDATE 0.90");
      assertThat(moved.id()).isEqualTo(opened.id());

      Alert closed = window(2, saw(RULE, 0.7, 16, 21)).getFirst();
      assertThat(describe(closed)).isEqualTo("7.0-21.0 r3 CLOSED 0.90");
      assertThat(closed.id()).isEqualTo(opened.id());
      assertThat(alerts.state()).isEmpty();
    }

    @Test
    void withdrawsWhatTheNextWindowSawEntirelyButDoesNotConfirm() {
      window(0, saw(RULE, 0.6, 9, 10));
      assertThat(describe(window(1, sawNothing(RULE))))
          .containsExactly("9.0-10.0 r2 WITHDRAWN 0.60");
    }

    @Test
    void closesInsteadOfWithdrawingWhenAnAnswerIsUnusable() {
      window(0, saw(RULE, 0.6, 9, 10));
      assertThat(describe(window(1, unusable(RULE)))).containsExactly("9.0-10.0 r2 CLOSED 0.60");
    }

    @Test
    void closesTheOpenAlertWhenItsRuleIsRemoved() {
      window(0, saw(RULE, 0.6, 7, 10));
      assertThat(describe(window(1))).containsExactly("7.0-10.0 r2 CLOSED 0.60");
      assertThat(alerts.state()).isEmpty();
    }

    @Test
    void startsAnewWhenARuleIsReworded() {
      Rule before = rule("A red circle moves left.", 60);
      Rule after = rule("A red circle moves right.", 60);
      Alert opened = window(0, saw(before, 0.6, 7, 10)).getFirst();
      List<Alert> then = window(1, saw(after, 0.8, 8, 12));
      assertThat(describe(then))
          .containsExactly("7.0-10.0 r2 CLOSED 0.60", "8.0-12.0 r1 CLOSED 0.80");
      assertThat(then.get(0).id()).isEqualTo(opened.id());
      assertThat(then.get(0).text()).isEqualTo(before.text());
      assertThat(then.get(1).id()).isNotEqualTo(opened.id());
      assertThat(then.get(1).text()).isEqualTo(after.text());
    }

    @Test
    void closesAllAtTheStreamsEnd() {
      window(0, saw(RULE, 0.6, 7, 10));
      assertThat(describe(alerts.closeAll())).containsExactly("7.0-10.0 r2 CLOSED 0.60");
      assertThat(alerts.closeAll()).isEmpty();
    }

    @Test
    void givesTheSameAlertsWhenRestoredFromItsState() {
      List<List<Alert>> runs = new ArrayList<>();
      for (boolean interrupted : List.of(false, true)) {
        alerts = alerts(List.of());
        List<Alert> all = new ArrayList<>();
        Rule quiet = rule("A red circle moves left.", 5);
        RuleEvaluation[] evaluations = {
          saw(quiet, 0.6, 7, 10),
          saw(quiet, 0.9, 8, 15),
          saw(quiet, 0.7, 19, 21),
          saw(quiet, 0.7, 28, 34),
          sawNothing(quiet)
        };
        for (int i = 0; i < evaluations.length; i++) {
          all.addAll(window(i, evaluations[i]));
          if (interrupted) {
            alerts = alerts(alerts.state());
          }
        }
        runs.add(all);
      }
      assertThat(runs.get(0)).hasSizeGreaterThan(3).isEqualTo(runs.get(1));
    }
  }

  @Nested
  class PartialAnalysis {

    @Test
    void opensAnAlertBeforeItsWindowIsComplete() {
      assertThat(describe(partial(0, 4, saw(RULE, 0.6, 2, 4))))
          .containsExactly("2.0-4.0 r1 OPEN 0.60");
      assertThat(partial(0, 6, saw(RULE, 0.8, 2, 4))).isEmpty();
      assertThat(describe(window(0, saw(RULE, 0.7, 2, 7))))
          .containsExactly("2.0-7.0 r2 CLOSED 0.80");
    }

    @Test
    void closesNothingBeforeTheWindowIsComplete() {
      window(0, saw(RULE, 0.6, 7, 10));
      assertThat(partial(1, 4, sawNothing(RULE))).isEmpty();
      assertThat(partial(1, 5, unusable(RULE))).isEmpty();
      assertThat(partial(1, 6)).isEmpty();
      assertThat(describe(window(1, saw(RULE, 0.6, 8, 12))))
          .containsExactly("7.0-12.0 r2 CLOSED 0.60");
    }

    @Test
    void withdrawsWhatTheWholeWindowDoesNotConfirm() {
      partial(0, 4, saw(RULE, 0.6, 2, 4));
      assertThat(describe(window(0, sawNothing(RULE))))
          .containsExactly("2.0-4.0 r2 WITHDRAWN 0.60");
    }

    @Test
    void leavesASecondAlertOfARuleToTheWholeWindow() {
      window(0, saw(RULE, 0.6, 7, 9));
      assertThat(partial(1, 6, saw(RULE, 0.6, 12, 14))).isEmpty();
      assertThat(describe(window(1, saw(RULE, 0.6, 12, 15))))
          .containsExactly("7.0-9.0 r2 CLOSED 0.60", "12.0-15.0 r1 CLOSED 0.60");
    }

    @Test
    void suppressesAnAlertOnceInAWindowThatIsAnalyzedTwice() {
      Rule quiet = rule("A red circle moves left.", 20);
      window(0, saw(quiet, 0.6, 1, 4));
      assertThat(partial(1, 6, saw(quiet, 0.9, 11, 13))).isEmpty();
      assertThat(window(1, saw(quiet, 0.9, 11, 13))).isEmpty();
      assertThat(suppressed).hasSize(1);
    }
  }

  @Nested
  class CoolDown {

    @Test
    void opensNoOtherAlertDuringTheCoolDown() {
      Rule quiet = rule("A red circle moves left.", 20);
      assertThat(describe(window(0, saw(quiet, 0.6, 1, 4))))
          .containsExactly("1.0-4.0 r1 CLOSED 0.60");
      assertThat(window(1, saw(quiet, 0.9, 11, 13))).isEmpty();
      assertThat(suppressed).containsExactly(quiet);
      assertThat(window(2, saw(quiet, 0.9, 23.5, 25))).isEmpty();
      assertThat(describe(window(3, saw(quiet, 0.8, 24, 25))))
          .containsExactly("24.0-25.0 r1 CLOSED 0.80");
      assertThat(suppressed).hasSize(2);
    }

    @Test
    void continuesAnOpenAlertDuringItsCoolDown() {
      Rule quiet = rule("A red circle moves left.", 20);
      window(0, saw(quiet, 0.6, 7, 10));
      assertThat(describe(window(1, saw(quiet, 0.6, 8, 14))))
          .containsExactly("7.0-14.0 r2 CLOSED 0.60");
      assertThat(suppressed).isEmpty();
    }

    @Test
    void startsNoCoolDownForAWithdrawnAlert() {
      Rule quiet = rule("A red circle moves left.", 20);
      window(0, saw(quiet, 0.6, 9, 10));
      assertThat(describe(window(1, saw(quiet, 0.8, 14, 16))))
          .containsExactlyInAnyOrder("9.0-10.0 r2 WITHDRAWN 0.60", "14.0-16.0 r1 CLOSED 0.80");
      assertThat(suppressed).isEmpty();
    }
  }

  @Nested
  class ReferredEvent {

    @Test
    void refersToTheEventThatDescribesTheSame() {
      Alert alert =
          window(
                  0,
                  List.of(
                      event("square", Status.CLOSED, 2, 5, "A red square moves left."),
                      event("circle", Status.CLOSED, 2.5, 5.5, "A red circle moves left."),
                      event("gone", Status.WITHDRAWN, 2, 5, "A red circle moves left."),
                      event("later", Status.OPEN, 7, 10, "A red circle moves left.")),
                  saw(RULE, 0.9, 2, 5))
              .getFirst();
      assertThat(alert.event()).contains("circle");
    }

    @Test
    void refersToNoEventWhenNoneHappensAtTheTime() {
      assertThat(
              window(
                      0,
                      List.of(event("later", Status.OPEN, 7, 10, "A red circle moves left.")),
                      saw(RULE, 0.9, 2, 5))
                  .getFirst()
                  .event())
          .isEmpty();
    }

    @Test
    void refersToAnotherEventOnlyWhenItsOwnIsWithdrawn() {
      VideoEvent first = event("first", Status.OPEN, 7, 10, "A red circle appears.");
      assertThat(window(0, List.of(first), saw(RULE, 0.9, 7, 10)).getFirst().event())
          .contains("first");
      VideoEvent other = event("other", Status.OPEN, 17, 18, "A red circle moves left.");
      assertThat(window(1, List.of(other), saw(RULE, 0.9, 8, 18)).getFirst().event())
          .contains("first");
      assertThat(
              window(2, List.of(first.revised(2, Status.WITHDRAWN), other), saw(RULE, 0.9, 16, 20))
                  .getFirst()
                  .event())
          .contains("other");
    }
  }
}
