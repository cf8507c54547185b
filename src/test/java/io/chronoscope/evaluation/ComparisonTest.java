package io.chronoscope.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chronoscope.domain.TemporalIou;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ComparisonTest {

  @Test
  void dividesTheOverlapByTheUnion() {
    assertThat(TemporalIou.of(0, 4000, 2000, 6000)).isEqualTo(1.0 / 3);
    assertThat(TemporalIou.of(1000, 2000, 1000, 2000)).isEqualTo(1);
    assertThat(TemporalIou.of(0, 1000, 1000, 2000)).isZero();
    assertThat(TemporalIou.of(500, 500, 0, 1000)).isZero();
  }

  @Test
  void matchesAReportThatNamesColorAndShape() {
    GroundTruth truth = truth(event(1000, 3000, "A red circle moves left."));

    assertThat(iou(truth, reported(1000, 3000, "The circle, a red one, appears"))).isEqualTo(1);
    assertThat(iou(truth, reported(1000, 3000, "A red square moves left."))).isZero();
    assertThat(iou(truth, reported(1000, 3000, "A blue circle moves left."))).isZero();
    assertThat(iou(truth, reported(1000, 3000, "A reddish circle"))).isZero();
  }

  @Test
  void acceptsEitherColorOfAnObjectThatChangesIt() {
    GroundTruth truth = truth(event(0, 4000, "A red circle turns yellow."));

    assertThat(iou(truth, reported(0, 4000, "A yellow circle appears."))).isEqualTo(1);
    assertThat(iou(truth, reported(0, 4000, "A red circle appears."))).isEqualTo(1);
    assertThat(iou(truth, reported(0, 4000, "A green circle appears."))).isZero();
  }

  @Test
  void matchesTheLight() {
    GroundTruth truth = truth(event(0, 4000, "The light goes off."));

    assertThat(iou(truth, reported(0, 2000, "Then the light is out"))).isEqualTo(0.5);
    assertThat(iou(truth, reported(0, 4000, "A red circle appears."))).isZero();
  }

  @Test
  void matchesEachReportToOneEventOnly() {
    GroundTruth truth =
        truth(event(0, 4000, "A red circle appears."), event(5000, 9000, "A red circle appears."));
    List<ReportedEvent> once = List.of(reported(0, 9000, "A red circle appears."));

    Comparison comparison = Comparison.of(truth, once);

    assertThat(comparison.score().found()).isEqualTo(1);
    assertThat(comparison.invented()).isEmpty();
  }

  @Test
  void countsRepeatedAndUnrelatedReportsAsInvented() {
    GroundTruth truth = truth(event(0, 4000, "A red circle appears."));

    Comparison comparison =
        Comparison.of(
            truth,
            List.of(
                reported(0, 1000, "A red circle appears."),
                reported(1000, 4000, "A red circle appears."),
                reported(6000, 8000, "A red circle appears."),
                reported(0, 4000, "A blue cross appears.")));

    assertThat(comparison.pairings().getFirst().iou()).isEqualTo(0.75);
    assertThat(comparison.invented()).hasSize(3);
    assertThat(comparison.score().inventedPerAnswer()).isEqualTo(0.75);
  }

  @Test
  void averagesOverVideosAsCharadesStaDoes() {
    Comparison half =
        Comparison.of(
            truth(event(0, 4000, "A red circle appears."), event(0, 4000, "A blue cross appears.")),
            List.of(reported(0, 2000, "A red circle appears.")));
    Comparison whole =
        Comparison.of(
            truth(event(0, 4000, "A red circle appears.")),
            List.of(reported(0, 4000, "A red circle appears.")));

    Score score = Score.of(List.of(half, whole));

    assertThat(score.events()).isEqualTo(3);
    assertThat(score.found()).isEqualTo(2);
    assertThat(score.meanIou()).isCloseTo(0.5, within(1e-9));
    assertThat(score.recallAt30()).isCloseTo(2.0 / 3, within(1e-9));
    assertThat(score.recallAt50()).isCloseTo(2.0 / 3, within(1e-9));
    assertThat(score.recallAt70()).isCloseTo(1.0 / 3, within(1e-9));
  }

  @Test
  void scoresAVideoWithoutEvents() {
    Comparison comparison =
        Comparison.of(truth(), List.of(reported(0, 1000, "A red circle appears.")));

    assertThat(comparison.score()).isEqualTo(new Score(0, 0, 0, 0, 0, 0, 1, 1));
  }

  private static double iou(GroundTruth truth, ReportedEvent reported) {
    return Comparison.of(truth, List.of(reported)).pairings().getFirst().iou();
  }

  private static GroundTruth truth(GroundTruth.Event... events) {
    return new GroundTruth(List.of(events));
  }

  private static GroundTruth.Event event(long startMs, long endMs, String description) {
    return new GroundTruth.Event(startMs, endMs, description);
  }

  private static ReportedEvent reported(long startMs, long endMs, String description) {
    return new ReportedEvent("evt", startMs, endMs, description, 250, OptionalDouble.empty());
  }
}
