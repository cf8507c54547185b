package io.chronoscope.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class StreamPatternTest {

  @Test
  void starMatchesAnythingAndNoOtherCharacterIsSpecial() {
    assertThat(StreamPattern.ANY.matches("yard")).isTrue();
    assertThat(new StreamPattern("gate-*").matches("gate-")).isTrue();
    assertThat(new StreamPattern("gate-*").matches("gate-1/north")).isTrue();
    assertThat(new StreamPattern("gate-*").matches("a gate-1")).isFalse();
    assertThat(new StreamPattern("*-north").matches("gate-north")).isTrue();
    assertThat(new StreamPattern("g*t*").matches("gate")).isTrue();
    assertThat(new StreamPattern("yard.1").matches("yard-1")).isFalse();
    assertThat(new StreamPattern("[a]\\E").matches("[a]\\E")).isTrue();
    assertThat(new StreamPattern("yard").matches("yard2")).isFalse();
  }

  @Test
  @Timeout(10)
  void manyStarsTakeNoLongerThanFew() {
    String pattern = "*a".repeat(200) + "b";
    assertThat(new StreamPattern(pattern).matches("a".repeat(500))).isFalse();
    assertThat(new StreamPattern(pattern).matches("a".repeat(500) + "b")).isTrue();
  }

  @Test
  void matchesAsARegularExpressionWould() {
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      String pattern = word(random, "ab**", 6);
      String stream = word(random, "ab", 8);
      assertThat(new StreamPattern("*".equals(pattern) ? "**" : "a" + pattern).matches(stream))
          .as("%s on %s", pattern, stream)
          .isEqualTo(
              stream.matches(
                  ("*".equals(pattern) ? "**" : "a" + pattern).replaceAll("\\*+", ".*")));
    }
  }

  private static String word(Random random, String letters, int length) {
    StringBuilder word = new StringBuilder();
    for (int i = random.nextInt(length); i > 0; i--) {
      word.append(letters.charAt(random.nextInt(letters.length())));
    }
    return word.toString();
  }

  @Test
  void rejectsBlankAndOverlongPatterns() {
    assertThatThrownBy(() -> new StreamPattern("a".repeat(513))).hasMessageContaining("longer");
    assertThatThrownBy(() -> new StreamPattern(" ")).hasMessageContaining("blank");
  }
}
