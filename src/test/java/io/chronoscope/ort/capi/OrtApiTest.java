package io.chronoscope.ort.capi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.ort.RuntimeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OrtApiTest {

  private static final OrtApi API = OrtApi.load(RuntimeLibrary.inUse());

  @Test
  void readsTheFunctionTable() {
    assertThat(API.version()).matches("\\d+\\.\\d+\\.\\d+");
    assertThat(API.buildInfo()).contains("git-commit-id");
    assertThat(API.providers()).contains("CPUExecutionProvider");
  }

  @Test
  void numbersOfFunctionsAreDistinctAndInTheTable() {
    assertThat(Stream.of(OrtFunction.values()).map(OrtFunction::index))
        .doesNotHaveDuplicates()
        .allMatch(index -> index > 0 && index < OrtFunction.TABLE_LENGTH);
  }

  @Test
  void rejectsOtherLibraries() {
    Path other = Path.of(System.getProperty("java.home"), "lib", System.mapLibraryName("zip"));

    assertThatThrownBy(() -> OrtApi.load(other))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not ONNX Runtime");
  }

  @Test
  void errorsCarryTheRuntimesMessage() {
    long environment = API.createEnvironment("test");
    try (OrtSessionOptions options = OrtSessionOptions.create(API)) {
      assertThatThrownBy(() -> OrtSession.create(API, environment, new byte[] {1, 2, 3}, options))
          .isInstanceOf(OrtStatusException.class)
          .hasMessageContaining("protobuf parsing failed");
      assertThatThrownBy(() -> options.intraOpThreads(1).config("", "x"))
          .isInstanceOf(OrtStatusException.class);
    }
  }

  @Test
  void objectsAreReleasedOnce() {
    long before = NativeObject.live();
    OrtRunOptions options = OrtRunOptions.create(API, Map.of("gpu_graph_id", "7"));
    assertThat(NativeObject.live()).isEqualTo(before + 1);

    options.close();
    options.close();

    assertThat(NativeObject.live()).isEqualTo(before);
    assertThatThrownBy(options::address)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("OrtRunOptions is closed");
  }

  @Test
  void tensorsDescribeThemselvesAndLieOverTheCallersMemory() {
    int int64 = 7;
    try (Arena arena = Arena.ofConfined();
        OrtMemoryInfo host = OrtMemoryInfo.host(API)) {
      MemorySegment memory = arena.allocate(48, 64);
      try (OrtValue value = OrtValue.over(API, host, memory.address(), 48, int64, 2, 3);
          OrtValue scalar = OrtValue.over(API, host, memory.address(), 8, int64)) {
        assertThat(value.describe().elementType()).isEqualTo(int64);
        assertThat(value.describe().shape()).containsExactly(2, 3);
        assertThat(value.dataAddress()).isEqualTo(memory.address());
        assertThat(scalar.describe().shape()).isEmpty();
      }
      assertThatThrownBy(() -> OrtValue.over(API, host, memory.address(), 40, int64, 2, 3))
          .isInstanceOf(OrtStatusException.class);
    }
  }
}
