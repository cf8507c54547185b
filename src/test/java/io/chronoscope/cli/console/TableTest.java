package io.chronoscope.cli.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TableTest {

  private static final Table TABLE = Table.empty().text("stream", 8).figure("fps", 5).text("", 0);

  @Test
  void textStandsOnTheLeftAndFiguresOnTheRight() {
    assertThat(TABLE.heading()).isEqualTo("stream     fps");
    assertThat(TABLE.row("gate", 12.5, "live")).isEqualTo("gate      12.5 live");
  }

  @Test
  void wideCharactersTakeTwoColumns() {
    assertThat(TABLE.row("前门", 2, "live")).isEqualTo("前门         2 live");
  }

  @Test
  void whatATerminalWouldObeyIsEscaped() {
    assertThat(TABLE.row("a\u001b[2J", 1, "")).doesNotContain("\u001b");
  }

  @Test
  void aRowHasAsManyCellsAsColumns() {
    assertThatThrownBy(() -> TABLE.row("gate", 1)).hasMessage("2 cells for 3 columns");
  }
}
