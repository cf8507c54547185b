package io.chronoscope.cli.bench.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chronoscope.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RandomCheckpointTest {

  private static final Path DEMO = Path.of("models/demo");

  @TempDir Path temporary;

  @Test
  void writesACheckpointThatOpens() throws IOException {
    RandomCheckpoint random = new RandomCheckpoint(ModelShape.TINY, 11, DEMO);
    List<Long> progress = new ArrayList<>();
    random.write(temporary.resolve("a"), progress::add);
    assertThat(progress).isSorted().last().isEqualTo(random.weightBytes());
    try (Checkpoint checkpoint = Checkpoint.open(temporary.resolve("a"))) {
      assertThat(checkpoint.text()).isEqualTo(ModelShape.TINY.text());
      assertThat(checkpoint.vision()).isEqualTo(ModelShape.TINY.vision());
      assertThat(checkpoint.weights().get("model.norm.weight").toFloats()).containsOnly(1f);
      float[] queries =
          checkpoint.weights().get("model.layers.0.self_attn.q_proj.weight").toFloats();
      double mean = 0;
      double squares = 0;
      for (float weight : queries) {
        mean += weight / queries.length;
        squares += (double) weight * weight / queries.length;
      }
      assertThat(mean).isCloseTo(0, within(3e-4));
      assertThat(Math.sqrt(squares)).isCloseTo(0.02, within(2e-4));
      assertThat(checkpoint.weights().get("model.layers.1.self_attn.q_proj.weight").toFloats())
          .isNotEqualTo(queries);
    }
    random.write(temporary.resolve("b"), bytes -> {});
    assertThat(Files.mismatch(weights("a"), weights("b"))).isEqualTo(-1);
  }

  private Path weights(String directory) {
    return temporary.resolve(directory).resolve("model.safetensors");
  }

  @Test
  void statesTheSizeOfThePublishedModels() {
    assertThat(new RandomCheckpoint(ModelShape.QWEN_3B, 11, DEMO).weightBytes() / 2)
        .isEqualTo(3_754_622_976L);
    assertThat(new RandomCheckpoint(ModelShape.QWEN_7B, 11, DEMO).weightBytes() / 2)
        .isEqualTo(8_292_166_656L);
  }

  @Test
  void replacesWhatAnInterruptedCallLeft() throws IOException {
    Path partial = Files.createDirectories(temporary.resolve("c.partial"));
    Files.writeString(partial.resolve("model.safetensors"), "cut off");
    new RandomCheckpoint(ModelShape.TINY, 11, DEMO).write(temporary.resolve("c"), bytes -> {});
    Checkpoint.open(temporary.resolve("c")).close();
    assertThat(partial).doesNotExist();
  }

  @Test
  void namesTheKnownShapes() {
    assertThat(ModelShape.parse("3B")).isEqualTo(ModelShape.QWEN_3B);
    assertThatThrownBy(() -> ModelShape.parse("72b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("shape 72b: known are 3b, 7b, mini, slice, tiny");
  }
}
