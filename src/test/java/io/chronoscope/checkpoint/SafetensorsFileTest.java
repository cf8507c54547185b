package io.chronoscope.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsFileTest {

  private static final String TWO =
      """
      {"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},
       "b": {"dtype": "BF16", "shape": [1, 2], "data_offsets": [8, 12]}}\
      """;

  @TempDir private Path root;

  private SafetensorsFile map(byte[] bytes, Arena arena) throws IOException {
    return SafetensorsFile.map(Files.write(root.resolve("w.safetensors"), bytes), arena);
  }

  private void assertRejected(byte[] bytes, String... parts) {
    try (Arena arena = Arena.ofConfined()) {
      assertThatThrownBy(
              () -> {
                SafetensorsFile file = map(bytes, arena);
                file.entries().forEach(entry -> file.tensor(entry, entry.name()));
              })
          .isInstanceOf(CheckpointException.class)
          .satisfies(e -> assertThat(e.getMessage()).contains("w.safetensors").contains(parts));
    }
  }

  @Test
  void readsEveryElementType() throws IOException {
    ByteBuffer data = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    data.putFloat(1.5f).putFloat(-3).putShort((short) 0x3fc0).putShort((short) 0xc040);
    data.putShort((short) 0x3e00).putShort((short) 0xc200);
    byte[] bytes =
        CheckpointFiles.safetensors(
            """
            {"__metadata__": {"format": "pt"},
             "h": {"dtype": "F16", "shape": [2], "data_offsets": [12, 16]},
             "f": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},
             "b": {"dtype": "BF16", "shape": [2, 1], "data_offsets": [8, 12]}}\
            """,
            data.array());
    try (Arena arena = Arena.ofConfined()) {
      SafetensorsFile file = map(bytes, arena);
      assertThat(file.entries())
          .extracting(SafetensorsFile.Entry::name)
          .containsExactly("f", "b", "h");
      for (SafetensorsFile.Entry entry : file.entries()) {
        Tensor tensor = file.tensor(entry, "x." + entry.name());
        assertThat(tensor.toFloats()).containsExactly(1.5f, -3);
        assertThat(tensor.name()).isEqualTo("x." + entry.name());
        assertThat(tensor.elements()).isEqualTo(2);
        assertThat(tensor.data().isReadOnly()).isTrue();
        byte[] there = new byte[(int) tensor.data().byteSize()];
        System.arraycopy(bytes, (int) tensor.fileOffset(), there, 0, there.length);
        assertThat(tensor.data().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(there);
      }
    }
  }

  @Test
  void copiesTheShape() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      SafetensorsFile file = map(CheckpointFiles.safetensors(TWO, new byte[12]), arena);
      Tensor tensor = file.tensor(file.entries().getFirst(), "a");
      tensor.shape()[0] = 5;
      assertThat(tensor.shape()).containsExactly(2);
    }
  }

  @Test
  void namesTheTruncatedTensor() {
    assertRejected(CheckpointFiles.safetensors(TWO, new byte[11]), "tensor b", "truncated");
  }

  @Test
  void rejectsAFileThatEndsInItsHeader() {
    byte[] whole = CheckpointFiles.safetensors(TWO, new byte[12]);
    assertRejected(Arrays.copyOf(whole, 60), "truncated", "header of");
    assertRejected(new byte[5], "5 bytes");
    assertRejected(new byte[0], "0 bytes");
  }

  @Test
  void rejectsBytesThatAreNotSafetensors() {
    assertRejected(
        "version https://git-lfs.github.com/spec/v1".getBytes(), "is not a safetensors file");
    assertRejected(CheckpointFiles.safetensors("{\"a\": ", new byte[0]), "header is not JSON");
    assertRejected(
        CheckpointFiles.safetensors("[1, 2]", new byte[0]), "header is not a JSON object");
    assertRejected(CheckpointFiles.safetensors("{} {}", new byte[0]), "header is not JSON");
  }

  @Test
  void rejectsBytesAfterTheLastTensor() {
    assertRejected(
        CheckpointFiles.safetensors(TWO, new byte[14]), "2 bytes after its last tensor, b");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[8, 12] | [4, 12] | tensor a | tensor b overlaps a",
        "[8, 12] | [10, 12] | a | tensor b leaves a gap after a",
        "[8, 12] | [12, 8] | b | data_offsets [12,8]",
        "[8, 12] | [-4, 12] | b | data_offsets",
        "[8, 12] | [18446744073709551624, 12] | b | data_offsets",
        "[8, 12] | [8] | b | without valid dtype",
        "[1, 2] | [-1, -2] | b | shape [-1,-2]",
        "[1, 2] | [4611686018427387904, 4] | b | has 4 bytes",
        "[1, 2] | [1, 3] | b | type BF16 and shape [1, 3] has 4 bytes",
        "\"BF16\" | \"F8_E4M3\" | b | dtype F8_E4M3, which is not supported",
        "\"b\" | \"a\" | a | Duplicate",
      })
  void namesTheTensorWithTheInvalidHeader(String what, String with, String tensor, String problem) {
    String header = TWO.replace(what, with);
    assertThat(header).isNotEqualTo(TWO);
    assertRejected(
        CheckpointFiles.safetensors(header, new byte[12]), tensor.replace("tensor ", ""), problem);
  }

  @Test
  void mapsFilesBeyondTwoGibibytes() throws IOException {
    long large = (1L << 31) + 4096;
    String header =
        """
        {"large": {"dtype": "BF16", "shape": [%d], "data_offsets": [0, %d]},
         "after": {"dtype": "F32", "shape": [1], "data_offsets": [%d, %d]}}\
        """
            .formatted(large / 2, large, large, large + 4);
    Path path = root.resolve("w.safetensors");
    byte[] head = CheckpointFiles.safetensors(header, new byte[0]);
    try (RandomAccessFile sparse = new RandomAccessFile(path.toFile(), "rw")) {
      sparse.write(head);
      sparse.seek(head.length + large);
      sparse.writeInt(Integer.reverseBytes(Float.floatToIntBits(2.5f)));
    }
    try (Arena arena = Arena.ofConfined()) {
      SafetensorsFile file = SafetensorsFile.map(path, arena);
      Tensor after = file.tensor(file.entries().getLast(), "after");
      assertThat(after.toFloats()).containsExactly(2.5f);
      assertThat(after.fileOffset()).isEqualTo(head.length + large);
      assertThat(file.tensor(file.entries().getFirst(), "large").elements()).isEqualTo(large / 2);
    }
  }

  @Test
  void toleratesRandomDamageToTheHeader() throws IOException {
    long seed = 4711;
    Random random = new Random(seed);
    byte[] whole = CheckpointFiles.safetensors(TWO, new byte[12]);
    int rejected = 0;
    for (int i = 0; i < 400; i++) {
      byte[] damaged = whole.clone();
      for (int n = random.nextInt(3) + 1; n > 0; n--) {
        damaged[random.nextInt(damaged.length - 12)] = (byte) random.nextInt();
      }
      try (Arena arena = Arena.ofConfined()) {
        SafetensorsFile file = map(damaged, arena);
        file.entries().forEach(entry -> file.tensor(entry, entry.name()).toFloats());
      } catch (CheckpointException e) {
        rejected++;
      }
    }
    assertThat(rejected).as("seed %d", seed).isGreaterThan(200);
  }
}
