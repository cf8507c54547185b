package io.chronoscope.qwen.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class RepetitionTest {

  /// @return how many tokens were added when the repetition was noticed, or -1
  private static int cutAt(int... tokens) {
    Repetition repetition = new Repetition();
    for (int i = 0; i < tokens.length; i++) {
      if (repetition.add(tokens[i])) {
        return i + 1;
      }
    }
    return -1;
  }

  private static int[] loop(int[] before, int period, int tokens) {
    return IntStream.concat(
            IntStream.of(before), IntStream.range(0, tokens).map(i -> 1000 + i % period))
        .toArray();
  }

  @Test
  void cutsARepeatedListEntryAfterItsFourthTime() {
    assertThat(cutAt(loop(new int[] {5, 6, 7}, 35, 500))).isEqualTo(3 + 4 * 35);
  }

  @Test
  void cutsARepeatedTokenOnlyWhenItGoesOnAndOn() {
    assertThat(cutAt(loop(new int[] {5}, 1, 500))).isEqualTo(1 + Repetition.LEAST_TOKENS);
    assertThat(cutAt(loop(new int[] {5}, 1, Repetition.LEAST_TOKENS - 1))).isEqualTo(-1);
  }

  @Test
  void leavesEntriesAloneThatDifferInOneToken() {
    int[] entries = IntStream.range(0, 1000).map(i -> i % 35 == 34 ? 5000 + i : i % 35).toArray();
    assertThat(cutAt(entries)).isEqualTo(-1);
  }

  @Test
  void leavesThreeEqualEntriesAlone() {
    int[] thrice = loop(new int[] {5}, 60, 180);
    assertThat(cutAt(thrice)).isEqualTo(-1);
  }

  @RepeatedTest(20)
  void noticesEachLoopAndNothingBeforeIt(RepetitionInfo info) {
    Random random = new Random(info.getCurrentRepetition());
    int period = 1 + random.nextInt(Repetition.LONGEST_PERIOD);
    int[] before = IntStream.range(0, random.nextInt(200)).map(i -> random.nextInt(900)).toArray();
    assertThat(cutAt(loop(before, period, 2000)))
        .isEqualTo(before.length + Math.max(Repetition.TIMES * period, Repetition.LEAST_TOKENS));
  }
}
