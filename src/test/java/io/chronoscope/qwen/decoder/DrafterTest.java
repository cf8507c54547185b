package io.chronoscope.qwen.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DrafterTest {

  private final RecentAnswers recent = new RecentAnswers(1000);

  private Drafter drafter(int longest, int... prompt) {
    return new Drafter(longest, prompt, recent);
  }

  private static void add(Drafter drafter, int... tokens) {
    for (int token : tokens) {
      drafter.add(token);
    }
  }

  @Test
  void proposesWhatFollowedInThePromptOrInTheAnswer() {
    Drafter drafter = drafter(3, 1, 2, 3, 4, 9);
    add(drafter, 1, 2);
    assertThat(drafter.propose(10)).containsExactly(3, 4, 9);
    add(drafter, 7, 8, 1, 2);
    assertThat(drafter.propose(10)).containsExactly(7, 8, 1);
    add(drafter, 6);
    assertThat(drafter.propose(10)).isEmpty();
  }

  @Test
  void proposesNoMoreThanWanted() {
    Drafter drafter = drafter(7, 1, 2, 3, 4, 5);
    add(drafter, 1, 2);
    assertThat(drafter.propose(2)).containsExactly(3, 4);
    assertThat(drafter.propose(0)).isEmpty();
    assertThat(drafter.propose(-1)).isEmpty();
  }

  @Test
  void proposesRecentAnswersOfOtherSequences() {
    Drafter first = drafter(4, 1, 2, 10);
    add(first, 21, 22, 23);
    first.end();
    // The beginning of an answer is found by the end of its prompt.
    Drafter second = drafter(4, 5, 2, 10);
    add(second, 21);
    assertThat(second.propose(9)).containsExactly(22, 23);
    Drafter sameQuestion = drafter(4, 1, 2, 10);
    assertThat(sameQuestion.propose(9)).containsExactly(21, 22, 23);
  }

  @Test
  void prefersItsOwnTextUnlessARecentAnswerHasMoreInCommon() {
    recent.add(new int[] {1, 2, 3, 60});
    Drafter drafter = drafter(1, 2, 3, 50);
    add(drafter, 2, 3);
    assertThat(drafter.propose(1)).containsExactly(50);
    add(drafter, 1, 2, 3);
    assertThat(drafter.propose(1)).containsExactly(60);
  }

  @Test
  void doesNotKeepAnswersOfASingleToken() {
    Drafter drafter = drafter(7, 1, 2, 3);
    add(drafter, 4);
    drafter.end();
    assertThat(recent.tokens()).isZero();
  }

  @Test
  void proposesNothingAndKeepsNothingWhenDraftsAreOff() {
    Drafter drafter = drafter(0, 1, 2, 3, 1, 2, 3);
    add(drafter, 1, 2);
    assertThat(drafter.propose(9)).isEmpty();
    drafter.end();
    assertThat(recent.tokens()).isZero();
  }

  @Test
  void proposesLessWhereDraftsAreWrongAndMoreWhereTheyAreRight() {
    int[] text = IntStream.range(0, 40).toArray();
    Drafter drafter = drafter(7, text);
    add(drafter, 3, 4);
    for (int expected : new int[] {7, 3, 1, 1}) {
      assertThat(drafter.propose(40)).hasSize(expected);
      drafter.verified(expected, 0);
    }
    // A step without drafts says nothing about them.
    drafter.verified(0, 0);
    assertThat(drafter.propose(40)).hasSize(1);
    drafter.verified(1, 1);
    for (int right : new int[] {7, 1}) {
      assertThat(drafter.propose(40)).hasSize(7);
      drafter.verified(7, right);
    }
    assertThat(drafter.propose(40)).hasSize(7);
    assertThat(drafter.drafts().proposed()).isEqualTo(7 + 3 + 1 + 1 + 1 + 14);
    assertThat(drafter.drafts().accepted()).isEqualTo(1 + 8);
  }
}
