package io.chronoscope.analysis.summary;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.analysis.summary.Summarizer.Part;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.testing.BatchedModels;
import io.chronoscope.testing.LampModel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SummarizerTest {

  private static final int NEW_TOKENS = 512;

  private final LampModel model = new LampModel();
  private final BatchedModel batched = BatchedModels.of(model);

  @AfterEach
  void close() {
    batched.close();
  }

  private String summarize(List<Part> parts) {
    return Summarizer.asking(batched, "stream", NEW_TOKENS).summarize(parts);
  }

  private String question() {
    return model.batches.getLast().getFirst();
  }

  private static List<Part> minutes(String words) {
    List<Part> minutes = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      minutes.add(new Part(i * 60_000_000L, (i + 1) * 60_000_000L, i + " " + words));
    }
    return minutes;
  }

  @Test
  void asksTheModelAboutAllParts() {
    assertThat(summarize(minutes("nothing happens."))).isEqualTo("A video with lamps.");
    assertThat(question().lines().filter(line -> line.endsWith("nothing happens."))).hasSize(60);
    assertThat(question()).contains("59:00 - 60:00: 59 nothing happens.");
  }

  @Test
  void clipsPartsForAShortContext() {
    for (String words : List.of("somebody walks by. ".repeat(30), "有人走过大门。".repeat(60))) {
      for (int positions : List.of(32_768, 12_000, 8_192)) {
        model.maxPositions = positions;
        assertThat(summarize(minutes(words))).isEqualTo("A video with lamps.");
        // No token is shorter than a byte.
        assertThat(question().getBytes(StandardCharsets.UTF_8).length + NEW_TOKENS)
            .as("%s… and %d positions", words.substring(0, 5), positions)
            .isLessThan(positions);
        assertThat(question().lines().filter(line -> line.endsWith("…"))).hasSize(60);
      }
    }
  }

  @Test
  void joinsWhenThePromptDoesNotFit() {
    model.maxPositions = 2_048;
    assertThat(summarize(minutes("nothing happens.")))
        .contains("59:00 - 60:00: 59 nothing happens.");
    assertThat(model.batches).isEmpty();
  }

  @Test
  void joinsWhenTheAnswerIsEmpty() {
    model.disturb = (question, answer) -> " ";
    assertThat(summarize(minutes("nothing happens.").subList(0, 2)))
        .isEqualTo("00:00 - 01:00: 0 nothing happens.\n01:00 - 02:00: 1 nothing happens.");
  }
}
