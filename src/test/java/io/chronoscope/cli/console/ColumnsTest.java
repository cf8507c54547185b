package io.chronoscope.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.render.Terminal;
import io.chronoscope.render.TextWidth;
import java.util.List;
import org.junit.jupiter.api.Test;

class ColumnsTest {

  private static final Terminal TERMINAL = new Terminal(80, false, false);

  @Test
  void alignsTheColumns() {
    assertThat(
            Columns.aligned(
                List.of(List.of("ID", "TEXT"), List.of("stops", "a red circle stops")), TERMINAL))
        .containsExactly("ID     TEXT", "stops  a red circle stops");
  }

  @Test
  void wrapsWithinTheColumnWhatDoesNotFitTheTerminal() {
    List<String> lines =
        Columns.aligned(
            List.of(
                List.of("ID", "STATE", "DETAIL"),
                List.of("video.chunks/2/417", "open", "the chunk came too late; ".repeat(8))),
            TERMINAL);

    assertThat(lines).hasSizeGreaterThan(2).allMatch(line -> TextWidth.of(line) <= 80);
    assertThat(lines.get(2)).startsWith(" ".repeat(lines.getFirst().indexOf("DETAIL")));
  }

  @Test
  void breaksAWordOnlyWhereThereIsNoOtherWay() {
    String time = "2026-11-27T01:16:39.190Z";
    List<String> lines =
        Columns.aligned(
            List.of(
                List.of("ID", "STREAM", "REJECTED", "DETAIL"),
                List.of("video.chunks/1/0", "video.chunks-1", time, "has a blank key, ".repeat(4))),
            TERMINAL);

    assertThat(lines).allMatch(line -> TextWidth.of(line) <= 80);
    assertThat(lines.get(1)).contains(time, "video.chunks-1 ", "video.chunks/1/0 ");

    assertThat(Columns.aligned(List.of(List.of("一".repeat(100), "x")), TERMINAL))
        .hasSizeGreaterThan(2)
        .allMatch(line -> TextWidth.of(line) <= 80);
  }

  @Test
  void countsWideCharactersAsTwoColumns() {
    List<String> lines =
        Columns.aligned(
            List.of(List.of("ID", "TEXT"), List.of("門", "x"), List.of("gate", "y")), TERMINAL);

    assertThat(lines).containsExactly("ID    TEXT", "門    x", "gate  y");
  }

  @Test
  void escapesWhatATerminalWouldObey() {
    assertThat(Columns.aligned(List.of(List.of("a\u001b[2J", "x")), TERMINAL))
        .containsExactly("a\\u001b[2J  x");
  }
}
