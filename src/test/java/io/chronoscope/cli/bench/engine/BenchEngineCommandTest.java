package io.chronoscope.cli.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.chronoscope.cli.Commands;
import io.chronoscope.service.ExitCode;
import io.chronoscope.testing.RestoredSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchEngineCommandTest {

  @AutoClose private final RestoredSettings settings = new RestoredSettings();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir Path temporary;

  @Test
  void explainsItself() {
    assertThat(run("--help")).isEqualTo(ExitCode.OK);

    assertThat(text(out))
        .contains("Usage: chronoscope bench engine")
        .contains(
            "--shape", "--model", "--device", "--precision", "--rows", "--reference", "--json")
        .contains("video", "resize", "encoder", "prefill", "decode", "answer", "rules", "stream");
    assertThat(text(out).lines()).allMatch(line -> line.length() <= 100);
  }

  @Test
  void isListedWithTheOtherBenchmarks() {
    assertThat(Commands.run(out, err, "bench", "--help")).isEqualTo(ExitCode.OK);

    assertThat(text(out)).contains("load", "soak", "engine");
  }

  @Test
  void rejectsUnknownShapesAndRows() {
    assertThat(run("--shape", "72b")).isEqualTo(ExitCode.USAGE);
    assertThat(text(err)).contains("--shape: shape 72b: known are 3b, 7b, mini", "demo");

    assertThat(run("--rows", "warp")).isEqualTo(ExitCode.USAGE);
    assertThat(text(err)).contains("--rows", "'warp'", "prefill");

    assertThat(run("--shape", "mini", "--model", "models/demo")).isEqualTo(ExitCode.USAGE);
    assertThat(text(err)).contains("--shape and --model exclude each other");
    assertThat(text(out)).isEmpty();
  }

  @Test
  void measuresTheDemoCheckpoint() throws IOException {
    Path picture = temporary.resolve("pictures").resolve("engine.png");

    int exit =
        run(
            "--shape",
            "demo",
            "--rows",
            "resize,decode,tokens,still-tokens,stream,still",
            "--video",
            "video-samples/empty.mp4",
            "--video-seconds",
            "6",
            "--picture",
            picture.toString(),
            "--json");

    assertThat(text(err)).contains("wrote " + picture);
    assertThat(exit).isEqualTo(ExitCode.OK);
    List<JsonNode> rows = new ArrayList<>();
    for (String line : text(out).lines().toList()) {
      rows.add(new ObjectMapper().readTree(line));
    }
    assertThat(rows)
        .extracting(row -> row.path("row").asText())
        .containsExactly(
            "product",
            "copy",
            "resize",
            "decode",
            "decode",
            "decode",
            "tokens",
            "still-tokens",
            "stream",
            "still");
    assertThat(rows)
        .allSatisfy(row -> {
          assertThat(row.path("shape").asText()).isEqualTo("demo");
          assertThat(row.path("device").asText()).isEqualTo("cpu");
          assertThat(row.path("precision").asText()).isEqualTo("fp32");
          assertThat(row.path("seconds").asDouble()).isPositive();
          assertThat(row.path("firstSeconds").asDouble()).isPositive();
          assertThat(row.path("perSecond").asDouble()).isPositive();
          assertThat(row.path("runs").asInt()).isGreaterThanOrEqualTo(3);
          assertThat(row.path("heapBytes").asLong()).isPositive();
        });
    assertThat(rows.subList(2, rows.size()))
        .allMatch(row -> row.path("ceilingShare").asDouble() > 0);
    JsonNode still = rows.getLast();
    assertThat(still.path("perSecond").asDouble() * still.path("seconds").asDouble())
        .isCloseTo(8, within(1e-3));
    assertThat(rows.get(3).path("promptTokens").asInt()).isBetween(256, 384);
    assertThat(ImageIO.read(picture.toFile()).getWidth()).isEqualTo(2160);
  }

  private int run(String... arguments) {
    List<String> all = new ArrayList<>(List.of("bench", "engine"));
    all.addAll(List.of(arguments));
    return Commands.run(out, err, all.toArray(String[]::new));
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
