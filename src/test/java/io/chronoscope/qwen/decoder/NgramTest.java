package io.chronoscope.qwen.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NgramTest {

  private static int[] tokens(int... tokens) {
    return tokens;
  }

  @Test
  void isTheLongestOccurrence() {
    int[] text = tokens(1, 2, 3, 70, 9, 2, 3, 80, 5, 1, 2, 3);
    Ngram ngram = Ngram.latest(tokens(5, 1, 2, 3), text, text.length).orElseThrow();
    assertThat(ngram.length()).isEqualTo(3);
    assertThat(ngram.following(2)).containsExactly(70, 9);
  }

  @Test
  void isTheLatestOfEquallyLongOnes() {
    int[] text = tokens(1, 2, 70, 1, 2, 80, 1, 2);
    assertThat(Ngram.latest(tokens(80, 1, 2), text, text.length).orElseThrow().following(9))
        .containsExactly(80, 1, 2);
  }

  @Test
  void mayBeASingleToken() {
    int[] text = tokens(2, 70, 3, 2);
    assertThat(Ngram.latest(tokens(3, 2), text, text.length).orElseThrow().following(1))
        .containsExactly(70);
  }

  @Test
  void hasTokensBehindItAndLooksNoFurtherThanTheEnd() {
    int[] text = tokens(1, 2, 3, 4, 1, 2, 9, 9);
    assertThat(Ngram.latest(tokens(3, 4), text, 4)).isEmpty();
    Ngram ngram = Ngram.latest(tokens(1, 2), text, 5).orElseThrow();
    assertThat(ngram.following(7)).containsExactly(3, 4, 1);
  }

  @Test
  void mayStartATextOrOverlapItself() {
    int[] text = tokens(6, 6, 6, 6);
    Ngram ngram = Ngram.latest(text, text, text.length).orElseThrow();
    assertThat(ngram.length()).isEqualTo(3);
    assertThat(ngram.following(7)).containsExactly(6);
  }

  @Test
  void isNotInATextThatIsTooShort() {
    assertThat(Ngram.latest(tokens(), tokens(), 0)).isEmpty();
    assertThat(Ngram.latest(tokens(1, 2), tokens(1, 2), 2)).isEmpty();
    assertThat(Ngram.latest(tokens(3), tokens(1, 2, 3), 3)).isEmpty();
  }
}
