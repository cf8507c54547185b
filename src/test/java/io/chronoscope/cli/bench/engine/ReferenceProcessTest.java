package io.chronoscope.cli.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.config.EnvironmentException;
import io.chronoscope.domain.FrameSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferenceProcessTest {

  /// Answers each request with its number of characters as the seconds.
  private static final String ECHO =
      """
      echo '{"precision": "bfloat16"}'
      while read -r line; do echo "$line" >>"$0.requests"; echo "{\\"seconds\\": ${#line}}"; done
      """;

  @TempDir Path temporary;

  private Path script(String text) throws IOException {
    return Files.writeString(temporary.resolve("reference.sh"), text);
  }

  private static Workload.Outcome run(Dimensions dimensions) {
    return new Workload.Outcome(new Cost(1, 1), dimensions, 1, List.of());
  }

  @Test
  void requestsTheSameWork() throws IOException {
    Path script = script(ECHO);
    try (ReferenceProcess reference =
        ReferenceProcess.start("sh", script, Path.of("models/demo"), "cpu")) {
      assertThat(reference.precision()).isEqualTo("bfloat16");
      Dimensions frames = Dimensions.ofFrames(new FrameSize(448, 224), 8);

      assertThat(reference.seconds(RowKind.ENCODER, run(frames)).orElseThrow()).isGreaterThan(40);
      assertThat(reference.seconds(RowKind.DECODE, run(Dimensions.ofPrompts(288, 16, 4))))
          .isPresent();
      assertThat(reference.seconds(RowKind.STREAM, run(Dimensions.NONE))).isEmpty();
      assertThat(reference.seconds(RowKind.RESIZE, run(frames))).isEmpty();
    }

    assertThat(temporary.resolve("reference.sh.requests"))
        .hasContent(
            """
            {"row":"encoder","batch":8,"widthPx":448,"heightPx":224}
            {"row":"decode","batch":4,"promptTokens":288,"newTokens":16}
            """);
  }

  @Test
  void reportsAReferenceThatEnds() throws IOException {
    Path script = script("exit 1\n");

    assertThatThrownBy(
            () -> ReferenceProcess.start("sh", script, Path.of("models/demo"), "cpu").close())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the reference has ended");
  }

  @Test
  void reportsWhatIsMissing() throws IOException {
    Path script = script(ECHO);
    Path absent = temporary.resolve("absent.py");

    assertThatThrownBy(
            () -> ReferenceProcess.start("sh", absent, Path.of("models/demo"), "cpu").close())
        .isInstanceOf(EnvironmentException.class)
        .hasMessageContaining(absent.toString());
    assertThatThrownBy(() ->
            ReferenceProcess.start("no-such-python", script, Path.of("models/demo"), "cpu").close())
        .isInstanceOf(EnvironmentException.class)
        .hasMessageContaining("no-such-python");
  }
}
