package io.chronoscope.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CheckpointGoldenTest {

  private static final Path ROOT = Path.of("src/test/resources/golden");

  static List<Path> cases() throws IOException {
    try (Stream<Path> cases = Files.list(ROOT)) {
      return cases.filter(dir -> Files.exists(dir.resolve("golden.json"))).toList();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void opensWhatTheReferenceWrote(Path directory) throws IOException {
    JsonNode golden = new ObjectMapper().readTree(directory.resolve("golden.json").toFile());
    try (Checkpoint checkpoint = Checkpoint.open(directory.resolve("checkpoint"))) {
      TextConfig text = checkpoint.text();
      assertThat(checkpoint.vision().tokensPerSecond())
          .isEqualTo(golden.get("tokensPerSecond").asDouble());
      assertThat(checkpoint.generation().repetitionPenalty())
          .isEqualTo(golden.get("repetitionPenalty").asDouble());
      assertThat(checkpoint.generation().eosTokenIds())
          .isEqualTo(
              List.of(
                  golden.get("eosTokenIds").get(0).asInt(),
                  golden.get("eosTokenIds").get(1).asInt()));
      assertThat(golden.get("logits").get("shape").get(0).asInt()).isEqualTo(text.vocabSize());
      assertThat(golden.get("encoder").get("shape").get(1).asInt()).isEqualTo(text.hiddenSize());
      assertThat(checkpoint.weights().names().contains("lm_head.weight"))
          .isNotEqualTo(text.tiedEmbeddings());
      // 12 tensors per vision block, 12 per decoder layer, and those around them.
      assertThat(checkpoint.weights().names())
          .hasSize(
              6
                  + 12 * checkpoint.vision().depth()
                  + 12 * text.layers()
                  + (text.tiedEmbeddings() ? 2 : 3));
    }
  }

  @Test
  void readsTheNestedReSavedCheckpoint() {
    try (Checkpoint checkpoint = Checkpoint.open(ROOT.resolve("resaved-nested/checkpoint"))) {
      assertThat(checkpoint.text())
          .isEqualTo(
              new TextConfig(
                  48, 2, 2, 1, 24, 96, 536, 1e-6, 10_000, List.of(4, 4, 4), 32_768, true));
      assertThat(checkpoint.vision())
          .isEqualTo(new VisionConfig(32, 3, 2, 48, 48, 14, 2, 2, 56, Set.of(1), 2, 3));
      assertThat(checkpoint.vision().windowTokens()).isEqualTo(2);
      assertThat(checkpoint.weights().get("visual.merger.ln_q.weight").shape()).containsExactly(32);
    }
  }

  @Test
  void readsTheShardedBf16Checkpoint() {
    try (Checkpoint checkpoint = Checkpoint.open(ROOT.resolve("sharded-bf16/checkpoint"))) {
      Weights weights = checkpoint.weights();
      assertThat(weights.names().stream().map(name -> weights.get(name).file()).distinct())
          .hasSize(3);
      assertThat(weights.get("lm_head.weight").type()).isEqualTo(DataType.BF16);
      assertThat(checkpoint.vision().windowSizePx()).isEqualTo(112);
      assertThat(checkpoint.vision().tokensPerSecond()).isEqualTo(4);
    }
  }
}
