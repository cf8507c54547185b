package io.chronoscope.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.evaluation.Difference.Kind;
import io.chronoscope.evaluation.Difference.Told;
import java.util.List;
import org.junit.jupiter.api.Test;

class DifferenceTest {

  private static Told told(String stream, String about, String words, long startMs, long endMs) {
    return new Told(words + startMs, stream, about, words, startMs, endMs, 250);
  }

  private static Told event(String words, long startMs, long endMs) {
    return told("cam", "event", words, startMs, endMs);
  }

  private static List<Kind> kinds(List<Told> before, List<Told> now) {
    return Difference.between(before, now).stream().map(Difference::kind).toList();
  }

  @Test
  void whatIsWithinTheToleranceIsTheSame() {
    assertThat(
            kinds(
                List.of(event("A red circle moves.", 1000, 3000)),
                List.of(event("A red circle moves.", 1250, 2750))))
        .containsExactly(Kind.SAME);
  }

  @Test
  void saysByHowMuchSomethingMoved() {
    List<Difference> differences =
        Difference.between(
            List.of(event("A red circle moves.", 1000, 3000)),
            List.of(event("A red circle moves.", 1500, 2000)));

    assertThat(differences).hasSize(1);
    assertThat(differences.getFirst().kind()).isEqualTo(Kind.MOVED);
    assertThat(differences.getFirst().startByMs()).isEqualTo(500);
    assertThat(differences.getFirst().endByMs()).isEqualTo(-1000);
  }

  @Test
  void wordsDecideAmongSeveralAtOneTime() {
    List<Difference> differences =
        Difference.between(
            List.of(event("A red circle moves.", 1000, 3000)),
            List.of(
                event("A blue square appears.", 1000, 3000),
                event("A red circle moves.", 1000, 3500)));

    assertThat(differences.stream().map(Difference::kind))
        .containsExactlyInAnyOrder(Kind.NEW, Kind.MOVED);
    assertThat(
            differences.stream()
                .filter(one -> one.kind() == Kind.NEW)
                .map(one -> one.told().description()))
        .containsExactly("A blue square appears.");
  }

  @Test
  void whatIsAboutSomethingElseIsNeverTheSame() {
    assertThat(
            kinds(
                List.of(told("cam", "rule-1", "x", 0, 1000)),
                List.of(told("cam", "rule-2", "x", 0, 1000), told("door", "rule-1", "x", 0, 1000))))
        .containsExactlyInAnyOrder(Kind.MISSING, Kind.NEW, Kind.NEW);
  }

  @Test
  void anInstantIsFoundAgain() {
    assertThat(kinds(List.of(event("x", 1000, 1000)), List.of(event("x", 1100, 1100))))
        .containsExactly(Kind.SAME);
  }

  @Test
  void nothingAgainstSomething() {
    assertThat(kinds(List.of(), List.of())).isEmpty();
    assertThat(kinds(List.of(), List.of(event("x", 0, 1)))).containsExactly(Kind.NEW);
    assertThat(kinds(List.of(event("x", 0, 1)), List.of())).containsExactly(Kind.MISSING);
  }
}
