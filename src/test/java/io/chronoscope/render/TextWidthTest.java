package io.chronoscope.render;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextWidthTest {

  @Test
  void countsWideCharactersTwiceAndCombiningMarksNot() {
    assertThat(TextWidth.of("gate")).isEqualTo(4);
    assertThat(TextWidth.of("門の前")).isEqualTo(6);
    assertThat(TextWidth.of("한국어")).isEqualTo(6);
    assertThat(TextWidth.of("e\u0301")).isEqualTo(1);
    assertThat(TextWidth.of("🚗")).isEqualTo(2);
    assertThat(TextWidth.of("–…░█")).isEqualTo(4);
  }

  @Test
  void padsToColumnsOfTheTerminal() {
    assertThat(TextWidth.pad("門", 4)).isEqualTo("門  ");
    assertThat(TextWidth.pad("long", 2)).isEqualTo("long");
  }

  @Test
  void wrapsBetweenWordsAndWithinThoseThatAreTooWide() {
    assertThat(TextWidth.wrap("a red circle stops", 8)).containsExactly("a red", "circle", "stops");
    assertThat(TextWidth.wrap("赤い円が止まる", 6)).containsExactly("赤い円", "が止ま", "る");
    assertThat(TextWidth.wrap("  ", 8)).isEmpty();
  }
}
