package io.chronoscope.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.evaluation.Difference.Detection;
import io.chronoscope.evaluation.Difference.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class DifferenceTest {

  private static Detection detection(
      String stream, String about, String words, long startMs, long endMs) {
    return new Detection(words + startMs, stream, about, words, startMs, endMs, 250);
  }

  private static Detection event(String words, long startMs, long endMs) {
    return detection("cam", "event", words, startMs, endMs);
  }

  private static List<Kind> kinds(List<Detection> before, List<Detection> after) {
    return Difference.between(before, after).stream().map(Difference::kind).toList();
  }

  @Test
  void treatsBoundsWithinTheToleranceAsTheSame() {
    assertThat(
            kinds(
                List.of(event("A red circle moves.", 1000, 3000)),
                List.of(event("A red circle moves.", 1250, 2750))))
        .containsExactly(Kind.SAME);
  }

  @Test
  void reportsByHowMuchTheBoundsMoved() {
    List<Difference> differences =
        Difference.between(
            List.of(event("A red circle moves.", 1000, 3000)),
            List.of(event("A red circle moves.", 1500, 2000)));

    assertThat(differences).hasSize(1);
    assertThat(differences.getFirst().kind()).isEqualTo(Kind.MOVED);
    assertThat(differences.getFirst().startShiftMs()).isEqualTo(500);
    assertThat(differences.getFirst().endShiftMs()).isEqualTo(-1000);
  }

  @Test
  void matchesByWordsAmongSeveralAtOneTime() {
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
                .map(one -> one.latest().description()))
        .containsExactly("A blue square appears.");
  }

  @Test
  void neverMatchesDifferentRulesOrStreams() {
    assertThat(
            kinds(
                List.of(detection("cam", "rule-1", "x", 0, 1000)),
                List.of(
                    detection("cam", "rule-2", "x", 0, 1000),
                    detection("door", "rule-1", "x", 0, 1000))))
        .containsExactlyInAnyOrder(Kind.MISSING, Kind.NEW, Kind.NEW);
  }

  @Test
  void matchesEventsWithoutDuration() {
    assertThat(kinds(List.of(event("x", 1000, 1000)), List.of(event("x", 1100, 1100))))
        .containsExactly(Kind.SAME);
  }

  @Test
  void comparesWithAnEmptyAnalysis() {
    assertThat(kinds(List.of(), List.of())).isEmpty();
    assertThat(kinds(List.of(), List.of(event("x", 0, 1)))).containsExactly(Kind.NEW);
    assertThat(kinds(List.of(event("x", 0, 1)), List.of())).containsExactly(Kind.MISSING);
  }
}
