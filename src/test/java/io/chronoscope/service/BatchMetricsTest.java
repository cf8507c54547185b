package io.chronoscope.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.vlm.Answer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchMetricsTest {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  private double count(String metric, String outcome) {
    return registry.get(metric).tag("outcome", outcome).counter().count();
  }

  @Test
  void anAnswerCountsTheTokensOfItsPromptAndItsDrafts() {
    BatchMetrics metrics = new BatchMetrics(registry);
    for (int time = 0; time < 2; time++) {
      metrics.promptAnswered(
          new Answer(
              Collections.nCopies(100, 1),
              Collections.nCopies(30, 2),
              "",
              Answer.End.COMPLETE,
              60,
              new Answer.Drafts(25, 18),
              List.of(),
              List.of()));
    }
    assertThat(count("chronoscope.prompt.tokens", "computed")).isEqualTo(80);
    assertThat(count("chronoscope.prompt.tokens", "reused")).isEqualTo(120);
    assertThat(count("chronoscope.draft.tokens", "accepted")).isEqualTo(36);
    assertThat(count("chronoscope.draft.tokens", "rejected")).isEqualTo(14);
  }
}
