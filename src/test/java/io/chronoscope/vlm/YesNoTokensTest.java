package io.chronoscope.vlm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chronoscope.vlm.Answer.TokenLogit;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class YesNoTokensTest {

  private static final YesNoTokens TOKENS = new YesNoTokens(Set.of(1, 2), Set.of(3, 4));

  private static Answer answer(TokenLogit... top) {
    return new Answer(List.of(), List.of(), "", Answer.End.LIMIT, 0, Arrays.asList(top));
  }

  @Test
  void sumsTheProbabilitiesOfAllTokens() {
    Answer answer =
        answer(
            new TokenLogit(9, 12),
            new TokenLogit(1, (float) (10 + Math.log(2))),
            new TokenLogit(3, (float) (10 + Math.log(3))),
            new TokenLogit(2, (float) (10 + Math.log(4))));
    assertThat(TOKENS.yesShare(answer).orElseThrow()).isCloseTo(6 / 9.0, within(1e-6));
  }

  @Test
  void isCertainWhenOnlyOneSideIsLikely() {
    assertThat(TOKENS.yesShare(answer(new TokenLogit(1, -300))).orElseThrow()).isEqualTo(1);
    assertThat(TOKENS.yesShare(answer(new TokenLogit(3, 300))).orElseThrow()).isZero();
  }

  @Test
  void isEmptyWhenNeitherSideIsLikely() {
    assertThat(TOKENS.yesShare(answer(new TokenLogit(9, 1)))).isEmpty();
    assertThat(TOKENS.yesShare(answer())).isEmpty();
  }

  @Test
  void dropsTokensThatMayStartBoth() {
    // A tokenizer that splits off the space before a word.
    YesNoTokens tokens = YesNoTokens.of(word -> word.chars().toArray());
    assertThat(tokens.yes()).containsExactlyInAnyOrder((int) 'Y', (int) 'y');
    assertThat(tokens.no()).containsExactlyInAnyOrder((int) 'N', (int) 'n');
  }
}
