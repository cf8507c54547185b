package io.chronoscope.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CheckpointGoldenTest {

  static List<Path> checkpoints() throws IOException {
    try (Stream<Path> cases = Files.list(Path.of("src/test/resources/golden"))) {
      return cases.map(dir -> dir.resolve("checkpoint")).filter(Files::isDirectory).toList();
    }
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void opensEveryReferenceCheckpoint(Path directory) {
    try (Checkpoint checkpoint = Checkpoint.open(directory)) {
      assertThat(checkpoint.weights().names()).contains("visual.merger.ln_q.weight");
    }
  }
}
