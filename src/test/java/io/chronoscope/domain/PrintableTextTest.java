package io.chronoscope.domain;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrintableTextTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          cam-1            | cam-1
          `Tür 3 · 門`      | `Tür 3 · 門`
          `\u001b[2Jcam`   | `\\u001b[2Jcam`
          `a\nb\tc\rd`      | `a\\u000ab\\u0009c\\u000dd`
          `\u009b31m`      | `\\u009b31m`
          `cam\u202egnp`   | `cam\\u202egnp`
          `a\u2028b`       | `a\\u2028b`
          `x\ud800y`       | `x\\ud800y`
          `👩‍🔬`             | `👩‍🔬`
          """)
  void escapesWhatATerminalWouldObey(String text, String printable) {
    assertThat(PrintableText.of(text)).isEqualTo(printable);
  }

  @Test
  void keepsTheBreaksOfLines() {
    assertThat(PrintableText.ofLines("a\n\tb\u001b[1m")).isEqualTo("a\n\tb\\u001b[1m");
  }
}
