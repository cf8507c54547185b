package io.chronoscope.qwen.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecentAnswersTest {

  private final RecentAnswers recent = new RecentAnswers(20);

  /// Five tokens that no other answer has.
  private static int[] answer(int number) {
    return IntStream.range(0, 5).map(i -> 10 * number + i).toArray();
  }

  private List<Integer> following(int first, int second) {
    return recent
        .latest(new int[] {first, second})
        .map(ngram -> IntStream.of(ngram.following(2)).boxed().toList())
        .orElse(List.of());
  }

  @Test
  void evictsTheLeastRecentlyUsedOne() {
    for (int number = 1; number <= 4; number++) {
      recent.add(answer(number));
    }
    assertThat(following(10, 11)).containsExactly(12, 13);
    recent.add(answer(5));
    assertThat(recent.tokens()).isEqualTo(20);
    assertThat(following(10, 11)).containsExactly(12, 13);
    assertThat(following(20, 21)).isEmpty();
    assertThat(following(50, 51)).containsExactly(52, 53);
  }

  @Test
  void keepsEqualAnswersOnce() {
    for (int time = 0; time < 9; time++) {
      recent.add(answer(1));
      recent.add(answer(2));
    }
    assertThat(recent.tokens()).isEqualTo(10);
  }

  @Test
  void keepsNothingLongerThanItsBound() {
    recent.add(answer(1));
    recent.add(IntStream.range(100, 121).toArray());
    assertThat(recent.tokens()).isEqualTo(5);
    assertThat(following(100, 101)).isEmpty();
    recent.add(IntStream.range(100, 120).toArray());
    assertThat(recent.tokens()).isEqualTo(20);
    assertThat(following(100, 101)).containsExactly(102, 103);
    assertThat(following(10, 11)).isEmpty();
  }

  @Test
  void prefersMoreTokensInCommonThenTheAnswerUsedLast() {
    recent.add(new int[] {1, 2, 3, 30});
    recent.add(new int[] {2, 3, 40});
    recent.add(new int[] {2, 3, 50});
    assertThat(recent.latest(new int[] {7, 2, 3}).orElseThrow().following(1)).containsExactly(50);
    assertThat(recent.latest(new int[] {1, 2, 3}).orElseThrow().following(1)).containsExactly(30);
  }
}
