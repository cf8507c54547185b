package io.chronoscope.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.analysis.AnalysisEvent;
import io.chronoscope.analysis.AnalysisEvent.AlertSuppressed;
import io.chronoscope.analysis.AnalysisEvent.MalformedAnswer;
import io.chronoscope.analysis.AnalysisEvent.MalformedAnswer.Outcome;
import io.chronoscope.analysis.AnalysisEvent.PartialAnalysisCompleted;
import io.chronoscope.analysis.AnalysisEvent.RuleEvaluated;
import io.chronoscope.analysis.AnalysisEvent.RulesSkipped;
import io.chronoscope.analysis.AnalysisEvent.StreamEnded;
import io.chronoscope.analysis.AnalysisEvent.StreamFailed;
import io.chronoscope.analysis.AnalysisEvent.WindowShed;
import io.chronoscope.domain.Sampling;
import io.chronoscope.messaging.MessagingMetrics;
import io.chronoscope.shedding.LoadGovernor;
import io.chronoscope.shedding.SheddingSettings;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormerMetricNamesTest {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final AnalysisMetrics metrics = new AnalysisMetrics(registry);
  private final MessagingMetrics messaging = new MessagingMetrics(registry);
  private final AtomicLong now = new AtomicLong();
  private final LoadGovernor load =
      new LoadGovernor(
          new SheddingSettings(Optional.of(Duration.ofSeconds(1)), List.of()),
          now::get,
          pressure -> {});

  @BeforeEach
  void publish() {
    metrics.watchShedding(load);
    FormerMetricNames.publish(registry);
  }

  @ParameterizedTest
  @CsvSource({
    "chronoscope.windows.partial, '', '', chronoscope.looks.early, ''",
    "chronoscope.windows.shed, '', '', chronoscope.windows.left.out, ''",
    "chronoscope.answers.malformed, outcome, retried, chronoscope.answers.broken, retried",
    "chronoscope.answers.malformed, outcome, reported, chronoscope.answers.broken, reported",
    "chronoscope.alerts.suppressed, '', '', chronoscope.alerts.cooled, ''",
    "chronoscope.rules.evaluated, outcome, matched, chronoscope.rules.judged, seen",
    "chronoscope.rules.evaluated, outcome, not-matched, chronoscope.rules.judged, not-seen",
    "chronoscope.rules.skipped, '', '', chronoscope.rules.left.out, ''",
    "chronoscope.streams.finished, outcome, ended, chronoscope.streams.over, ended",
    "chronoscope.streams.finished, outcome, failed, chronoscope.streams.over, failed",
  })
  void countersHaveBothNames(
      String current, String tag, String value, String former, String formerValue) {
    assertThat(count(former, tag, formerValue)).isZero();
    List.<AnalysisEvent>of(
            new PartialAnalysisCompleted(
                "cam", new Sampling(2, 1, "always", 2, 28, 28), 1, 10, Duration.ofSeconds(1)),
            new WindowShed("cam", 1, 5),
            new MalformedAnswer("cam", "no JSON", Outcome.RETRIED),
            new MalformedAnswer("cam", "no JSON", Outcome.REPORTED),
            new AlertSuppressed("cam", "rule"),
            new RuleEvaluated("cam", "rule", 0.9, true),
            new RuleEvaluated("cam", "rule", 0.1, false),
            new RulesSkipped("cam", List.of("rule")),
            new StreamEnded("cam"),
            new StreamFailed("cam", new IllegalStateException()))
        .forEach(metrics::on);

    var counters = registry.get(current);
    assertThat((tag.isEmpty() ? counters : counters.tag(tag, value)).counter().count())
        .isEqualTo(1);
    assertThat(count(former, tag, formerValue)).isEqualTo(1);
  }

  @Test
  void gaugesHaveBothNames() {
    load.recordLag("cam", Duration.ofSeconds(3));
    now.addAndGet(Duration.ofSeconds(1).toNanos());
    load.recordLag("cam", Duration.ofSeconds(3));

    for (String name : List.of("chronoscope.shedding.pressure", "chronoscope.load.pressure")) {
      assertThat(registry.get(name).gauge().value()).as(name).isEqualTo(1);
    }
    for (String name : List.of("chronoscope.shedding.lag", "chronoscope.load.lag")) {
      assertThat(registry.get(name).gauge().value()).as(name).isEqualTo(3);
      assertThat(registry.get(name).gauge().getId().getBaseUnit()).as(name).isEqualTo("seconds");
    }
  }

  @Test
  void timersHaveBothNames() {
    messaging.committed(Duration.ofSeconds(2));
    metrics.on(
        new PartialAnalysisCompleted(
            "cam", new Sampling(2, 1, "always", 2, 28, 28), 1, 10, Duration.ofSeconds(1)));

    for (String name : List.of("chronoscope.commit.latency", "chronoscope.step.commit")) {
      assertThat(registry.get(name).timer().count()).as(name).isEqualTo(1);
    }
    for (String stage : List.of("partial", "early")) {
      assertThat(registry.get("chronoscope.stage.seconds").tag("stage", stage).timer().count())
          .as(stage)
          .isEqualTo(1);
    }
  }

  private double count(String name, String tag, String value) {
    var found = registry.get(name);
    FunctionCounter counter = (tag.isEmpty() ? found : found.tag(tag, value)).functionCounter();
    return counter.count();
  }
}
