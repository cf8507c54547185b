package io.chronoscope.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProgressTest {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  @Test
  void printsOnlyQuartersToAFile() {
    try (Progress progress = new Progress(out, Terminal.NONE)) {
      progress.start("yard", Optional.of(100_000L));
      for (int second = 1; second < 100; second++) {
        progress.update("yard", second * 1000L, 2);
      }
      progress.end("yard");
    }

    assertThat(text().lines()).hasSize(4);
    assertThat(text().lines().toList().getLast()).contains("01:40 of 01:40").contains("✓");
    assertThat(text()).doesNotContain("\033");
  }

  @Test
  void redrawsInPlaceOnATerminal() {
    try (Progress progress = new Progress(out, new Terminal(80, true, true))) {
      progress.start("yard", Optional.of(100_000L));
      progress.start("gate", Optional.empty());
      progress.end("yard");
    }

    assertThat(text()).contains("\033[2A\033[J").contains("gate");
  }

  @Test
  void neverGoesBack() {
    try (Progress progress = new Progress(out, new Terminal(80, true, true))) {
      progress.start("yard", Optional.of(100_000L));
      progress.update("yard", 50_000, 1);
      progress.update("yard", 40_000, 1);
    }

    assertThat(text().lines().toList().getLast()).contains("00:50 of 01:40  1 event");
  }

  private String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
