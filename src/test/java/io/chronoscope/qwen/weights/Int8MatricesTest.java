package io.chronoscope.qwen.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chronoscope.checkpoint.Checkpoint;
import io.chronoscope.checkpoint.CheckpointException;
import io.chronoscope.ort.ExternalWeight;
import io.chronoscope.testing.GoldenCase;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Int8MatricesTest {

  private static final String MATRIX = "model.layers.0.mlp.down_proj.weight";

  @TempDir Path directory;
  private final List<Int8Matrices> opened = new ArrayList<>();
  private Checkpoint checkpoint;

  @BeforeEach
  void open() {
    checkpoint = Checkpoint.open(GoldenCase.named("sharded-bf16").checkpoint());
  }

  @AfterEach
  void close() {
    opened.forEach(Int8Matrices::close);
    checkpoint.close();
  }

  private Int8Matrices quantized(Path cache) {
    Int8Matrices matrices =
        Int8Matrices.open(
            new DerivedWeightsCache(cache),
            checkpoint.ref(),
            checkpoint.weights(),
            Int8Matrices.Scope.ALL);
    opened.add(matrices);
    return matrices;
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
    Int8Matrices.Matrix matrix = quantized(directory).get(MATRIX).orElseThrow();
    int outputs = matrix.values().shape().get(1).intValue();
    int inputs = matrix.values().shape().get(0).intValue();
    byte[] values = matrix.values().mapping().orElseThrow().toArray(ValueLayout.JAVA_BYTE);
    ByteBuffer scales =
        matrix.scales().mapping().orElseThrow().asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
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

  @Test
  void quantizesTheOutputProjectionButNoTableThatIsOnlyRead() {
    Int8Matrices matrices = quantized(directory);
    assertThat(matrices.get("visual.merger.mlp.0.weight")).isPresent();
    assertThat(matrices.get(MATRIX)).isPresent();
    assertThat(matrices.get("visual.patch_embed.proj.weight")).isEmpty();
    assertThat(matrices.get("model.norm.weight")).isEmpty();
    assertThat(
            Stream.of("lm_head.weight", "model.embed_tokens.weight")
                .filter(name -> matrices.get(name).isPresent()))
        .hasSize(1);
  }

  @Test
  void givesTheWeightsOfTheEncodersAttentionOutputsASecondDigit() {
    String name = "visual.blocks.0.attn.proj.weight";
    Int8Matrices.Matrix matrix = quantized(directory).get(name).orElseThrow();
    int outputs = matrix.values().shape().get(1).intValue();
    byte[] values = bytes(matrix.values());
    byte[] rest = bytes(matrix.rest().orElseThrow());
    float[] expected = checkpoint.weights().get(name).toFloats();
    int inputs = expected.length / outputs;
    ByteBuffer scales = ByteBuffer.wrap(bytes(matrix.scales())).order(ByteOrder.LITTLE_ENDIAN);
    for (int output = 0; output < outputs; output++) {
      float scale = scales.getFloat(4 * output);
      for (int input = 0; input < inputs; input++) {
        int at = input * outputs + output;
        float restored = (values[at] + rest[at] * Int8Quantizer.REST_FRACTION) * scale;
        assertThat(restored)
            .isCloseTo(
                expected[output * inputs + input],
                within(scale * Int8Quantizer.REST_FRACTION * 0.51f));
      }
    }
    assertThat(quantized(directory).get(MATRIX).orElseThrow().rest()).isEmpty();
  }

  private static byte[] bytes(ExternalWeight weight) {
    return weight.mapping().orElseThrow().toArray(ValueLayout.JAVA_BYTE);
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
