package io.chronoscope.analysis.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.batching.BatchedModel;
import io.chronoscope.testing.BatchedModels;
import io.chronoscope.testing.LampModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SemanticMatcherTest {

  private final LampModel model = new LampModel();
  private final BatchedModel batched = BatchedModels.of(model, 1, Duration.ZERO);
  private final List<String> asked = new ArrayList<>();

  @AfterEach
  void close() {
    batched.close();
  }

  private boolean isSame(String answer) {
    model.disturb =
        (question, usual) -> {
          asked.add(question);
          return answer;
        };
    return SemanticMatcher.asking(batched, "stream").isSame("A man walks.", "The pedestrian goes.");
  }

  @Test
  void followsTheModelsAnswer() {
    assertThat(isSame("Yes")).isTrue();
    assertThat(isSame("No")).isFalse();
    assertThat(asked).allMatch(question -> question.contains("A man walks."));
    assertThat(asked).allMatch(question -> question.contains("The pedestrian goes."));
  }

  @Test
  void isFalseWhenTheModelSaysNeitherYesNorNo() {
    assertThat(isSame("It depends.")).isFalse();
  }

  @Test
  void isFalseWhenYesIsLessProbableThanNo() {
    model.sureness = 0.4;
    assertThat(isSame("Yes")).isFalse();
  }
}
