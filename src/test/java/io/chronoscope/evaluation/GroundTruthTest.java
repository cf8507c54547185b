package io.chronoscope.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroundTruthTest {

  @TempDir Path folder;

  @Test
  void readsTheFileNextToTheVideo() throws IOException {
    Files.writeString(
        folder.resolve("yard.cam.events.json"),
        "[{\"startMs\": 2000, \"endMs\": 5500, \"description\": \"A green triangle appears.\"}]");

    assertThat(GroundTruth.of(folder.resolve("yard.cam.mp4")))
        .hasValueSatisfying(truth ->
            assertThat(truth.events())
                .containsExactly(new GroundTruth.Event(2000, 5500, "A green triangle appears.")));
    assertThat(GroundTruth.of(folder.resolve("other.mp4"))).isEmpty();
  }

  @Test
  void namesAnInvalidFile() throws IOException {
    Path file = Files.writeString(folder.resolve("a.events.json"), "[{\"startMs\": 2000}]");

    assertThatThrownBy(() -> GroundTruth.of(folder.resolve("a.mp4")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("endMs");
    Files.writeString(file, "[");
    assertThatThrownBy(() -> GroundTruth.of(folder.resolve("a.mp4")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString());
  }
}
