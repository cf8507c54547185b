package io.chronoscope.cli.bench.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointCacheTest {

  private static final RandomCheckpoint TINY =
      new RandomCheckpoint(ModelShape.TINY, 11, Path.of("models/demo"));

  @TempDir Path temporary;

  private final List<String> reports = new ArrayList<>();
  private CheckpointCache cache;

  @BeforeEach
  void open() {
    cache = new CheckpointCache(temporary.resolve("checkpoints"), reports::add);
  }

  @Test
  void writesACheckpointOnce() throws IOException {
    Path written = cache.get(TINY);
    FileTime modified = Files.getLastModifiedTime(written.resolve("model.safetensors"));
    Path again = cache.get(TINY);

    assertThat(again).isEqualTo(written).hasFileName("tiny-11");
    assertThat(Files.getLastModifiedTime(again.resolve("model.safetensors"))).isEqualTo(modified);
    assertThat(reports).singleElement().asString().contains("shape tiny", written.toString());
    Checkpoint.open(written).close();
  }

  @Test
  void writesADamagedCheckpointAgain() throws IOException {
    Path weights = cache.get(TINY).resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    byte[] damaged = bytes.clone();
    damaged[damaged.length / 2] ^= 1;
    Files.write(weights, damaged);

    assertThat(cache.get(TINY).resolve("model.safetensors")).hasBinaryContent(bytes);
    assertThat(reports).anyMatch(line -> line.contains("do not match"));
  }

  @Test
  void writesACheckpointWithoutChecksumsAgain() throws IOException {
    Path directory = cache.get(TINY);
    Files.delete(directory.resolve("checksums.txt"));

    assertThat(cache.get(TINY).resolve("checksums.txt")).isNotEmptyFile();
  }
}
