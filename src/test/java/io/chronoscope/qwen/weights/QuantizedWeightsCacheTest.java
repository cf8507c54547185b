package io.chronoscope.qwen.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.checkpoint.Checkpoint;
import io.chronoscope.checkpoint.CheckpointException;
import io.chronoscope.ort.ExternalWeight;
import io.chronoscope.testing.GoldenCase;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuantizedWeightsCacheTest {

  private static final String MATRIX = "model.layers.0.mlp.down_proj.weight";

  @TempDir Path directory;
  private Checkpoint checkpoint;

  @BeforeEach
  void open() {
    checkpoint = Checkpoint.open(GoldenCase.named("sharded-bf16").checkpoint());
  }

  @AfterEach
  void close() {
    checkpoint.close();
  }

  private QuantizedWeights quantized(Path cache) {
    return new QuantizedWeightsCache(cache).open(checkpoint.ref(), checkpoint.weights());
  }

  private Path file() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.toString().endsWith(".safetensors"))
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void roundsEachNumberToTheNearestLevelOfItsOutput() throws IOException {
    QuantizedWeights.Matrix matrix = quantized(directory).matrices().get(MATRIX);
    int outputs = matrix.values().shape().get(1).intValue();
    int inputs = matrix.values().shape().get(0).intValue();
    byte[] values = bytes(matrix.values(), inputs * outputs);
    ByteBuffer scales =
        ByteBuffer.wrap(bytes(matrix.scales(), 4 * outputs)).order(ByteOrder.LITTLE_ENDIAN);
    float[] expected = checkpoint.weights().get(MATRIX).toFloats();
    for (int output = 0; output < outputs; output++) {
      float scale = scales.getFloat(4 * output);
      float largest = 0;
      for (int input = 0; input < inputs; input++) {
        float stored = expected[output * inputs + input];
        float restored = values[input * outputs + output] * scale;
        assertThat(Math.abs(restored - stored)).isLessThanOrEqualTo(scale * 0.5001f);
        largest = Math.max(largest, Math.abs(stored));
      }
      assertThat(scale).isEqualTo(largest / 127);
    }
  }

  private static byte[] bytes(ExternalWeight weight, int count) throws IOException {
    byte[] bytes = new byte[count];
    try (RandomAccessFile file = new RandomAccessFile(weight.file().toFile(), "r")) {
      file.seek(weight.offsetBytes());
      file.readFully(bytes);
    }
    return bytes;
  }

  @Test
  void quantizesTheOutputProjectionButNoTableThatIsOnlyRead() {
    assertThat(quantized(directory).matrices().keySet())
        .contains("visual.merger.mlp.0.weight", MATRIX)
        .doesNotContain("visual.patch_embed.proj.weight", "model.norm.weight");
    assertThat(
            Stream.of("lm_head.weight", "model.embed_tokens.weight")
                .filter(quantized(directory).matrices()::containsKey))
        .hasSize(1);
  }

  @Test
  void reusesTheFile() throws IOException {
    quantized(directory);
    FileTime past = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(file(), past);
    quantized(directory);
    assertThat(Files.getLastModifiedTime(file())).isEqualTo(past);
  }

  @Test
  void makesADamagedFileAgain() throws IOException {
    quantized(directory);
    byte[] whole = Files.readAllBytes(file());
    for (int at : List.of(0, 9, 60, whole.length / 2, whole.length - 1)) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 0x10;
      Files.write(file(), damaged);
      quantized(directory);
      assertThat(Files.readAllBytes(file())).as("byte %d", at).isEqualTo(whole);
    }
    Files.write(file(), java.util.Arrays.copyOf(whole, whole.length / 3));
    quantized(directory);
    assertThat(Files.readAllBytes(file())).isEqualTo(whole);
  }

  @Test
  void leavesNothingUnfinished() throws IOException {
    Path partial = directory.resolve("other.partial");
    Files.writeString(partial, "of another checkpoint");
    quantized(directory);
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.filter(file -> file.toString().endsWith(".partial")))
          .containsExactly(partial);
    }
  }

  @Test
  void namesTheDirectoryThatCannotBeWritten() throws IOException {
    Path occupied = Files.writeString(directory.resolve("file"), "not a directory");
    assertThatThrownBy(() -> quantized(occupied.resolve("cache")))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(occupied.toString())
        .hasMessageContaining("chronoscope.cache-dir");
  }
}
