package io.chronoscope.cli.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.cli.console.Output;
import io.chronoscope.render.Terminal;
import io.chronoscope.testing.JsonOutput;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadedSoakReportTest {

  private static final long MIB = 1 << 20;
  private static final int MINUTES = 120;

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final Output output =
      new Output(
          new PrintStream(printed, true, StandardCharsets.UTF_8),
          Terminal.NONE,
          new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
          Terminal.NONE);

  private LoadedSoakReport report(boolean json) {
    return new LoadedSoakReport(output, json, 80, Duration.ofMinutes(MINUTES), Optional.empty());
  }

  /// @param bytesPerMinute growth after the first half hour; before it memory doubles
  private static void run(LoadedSoakReport report, long bytesPerMinute) {
    report.capacity(new LoadedSoak.Capacity(20, 0.5));
    for (int minute = 1; minute <= MINUTES; minute++) {
      long size =
          minute < 30 ? (600 + 20L * minute) * MIB : 1200 * MIB + (minute - 30) * bytesPerMinute;
      report.sample(MemorySamples.at(minute, size));
    }
  }

  @Test
  void theFirstHalfHourDoesNotCount() {
    LoadedSoakReport report = report(false);
    run(report, 0);

    assertThat(report.total(Map.of("gate", new SoakTally()))).isTrue();
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("capacity 20.0 s of video per second")
        .contains(
            "service  0.00 % an hour over 91 samples from minute 30 on, from 1200.0 MiB: flat")
        .contains("gate: 00:00 of video, 0 windows");
  }

  @Test
  void growthAboveTheLimitIsNotFlat() {
    LoadedSoakReport report = report(false);
    run(report, MIB);

    assertThat(report.total(Map.of())).isFalse();
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("service  5.00 % an hour")
        .contains("grows (at most 2 %)");
  }

  @Test
  void linesMatchTheirSchema() {
    LoadedSoakReport report = report(true);
    run(report, 0);
    report.total(Map.of("gate", new SoakTally()));

    JsonOutput.requireValid("bench soak", printed.toString(StandardCharsets.UTF_8));
  }

  @Test
  void drawsAPicture(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("memory.png");
    LoadedSoakReport report =
        new LoadedSoakReport(output, false, 80, Duration.ofMinutes(MINUTES), Optional.of(file));
    run(report, MIB / 10);
    assertThat(file).isNotEmptyFile();
    Files.delete(file);

    report.total(Map.of());

    assertThat(ImageIO.read(file.toFile()).getWidth()).isGreaterThan(1000);
  }
}
