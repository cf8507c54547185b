package io.chronoscope.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.analysis.AnalysisEvent.Progress;
import io.chronoscope.analysis.AnalysisEvent.StreamRevoked;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class AnalysisMetricsTest {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final AnalysisMetrics metrics = new AnalysisMetrics(registry);

  @Test
  void showsTheWorstLagOfTheAssignedStreams() {
    metrics.on(new Progress("here", 4_000_000, 7_000_000));
    metrics.on(new Progress("elsewhere", 0, 9_000_000));
    assertThat(lag()).isEqualTo(9);

    metrics.on(new StreamRevoked("elsewhere"));

    assertThat(lag()).isEqualTo(3);
  }

  @Test
  void registersCountersAtZero() {
    for (String name :
        new String[] {
          "chronoscope.rules.skipped",
          "chronoscope.alerts.suppressed",
          "chronoscope.answers.malformed"
        }) {
      assertThat(registry.find(name).counters())
          .as(name)
          .isNotEmpty()
          .allSatisfy(counter -> assertThat(counter.count()).isZero());
    }
  }

  private double lag() {
    return registry.get("chronoscope.lag.seconds").gauge().value();
  }
}
