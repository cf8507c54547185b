package io.chronoscope.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.evaluation.Loss.Sighting;
import io.chronoscope.evaluation.Loss.Stage;
import io.chronoscope.evaluation.Loss.Window;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LossTest {

  private static final String CIRCLE = "A red circle moves left.";

  private static Window window(long fromMs, Sighting... sightings) {
    return new Window(
        LongStream.range(0, 16).map(i -> fromMs + 500 * i).boxed().toList(),
        fromMs + 8000,
        List.of(sightings));
  }

  private static ReportedEvent reported(long startMs, long endMs) {
    return new ReportedEvent("evt", startMs, endMs, CIRCLE, 250, OptionalDouble.empty());
  }

  private static List<Stage> stages(
      List<GroundTruth.Event> truth, List<ReportedEvent> reported, Window... windows) {
    return stages(truth, reported, CIRCLE, windows);
  }

  /// @param alone what the model says of the event alone
  private static List<Stage> stages(
      List<GroundTruth.Event> truth,
      List<ReportedEvent> reported,
      String alone,
      Window... windows) {
    return Loss.of(
            Comparison.of(new GroundTruth(truth), reported),
            List.of(windows),
            event -> List.of(alone))
        .stream()
        .map(Loss::stage)
        .toList();
  }

  private static List<GroundTruth.Event> circle(long startMs, long endMs) {
    return List.of(new GroundTruth.Event(startMs, endMs, CIRCLE));
  }

  @Test
  void whatNoFrameShowsWasNotSampled() {
    assertThat(stages(circle(1010, 1400), List.of(), window(0))).containsExactly(Stage.NOT_SAMPLED);
  }

  @Test
  void whatIsNamedAloneAndByNoWindowTheAnswerLost() {
    assertThat(stages(circle(1000, 3000), List.of(), window(0))).containsExactly(Stage.ANSWER);
  }

  @Test
  void whatIsNotNamedAloneEitherTheEncoderLost() {
    assertThat(stages(circle(1000, 3000), List.of(), "A red square moves left.", window(0)))
        .containsExactly(Stage.ENCODER);
  }

  @Test
  void whatAWindowNamedTheEncoderSaw() {
    assertThat(
            stages(
                circle(1000, 3000),
                List.of(),
                "A red square moves left.",
                window(0, new Sighting(2500, 6000, CIRCLE))))
        .containsExactly(Stage.ANSWER);
  }

  @Test
  void whatAWindowHadRightTheMergeLost() {
    assertThat(
            stages(
                circle(1000, 3000),
                List.of(reported(1000, 8000)),
                window(0, new Sighting(1000, 3000, CIRCLE)),
                window(5000)))
        .containsExactly(Stage.MERGE);
    // The same one reported twice.
    assertThat(
            stages(
                circle(1000, 3000),
                List.of(reported(1000, 3000), reported(2500, 3000)),
                window(0, new Sighting(1000, 3000, CIRCLE))))
        .containsExactly(Stage.MERGE);
  }

  @Test
  void whatAWindowMadeUpTheAnswerInvented() {
    assertThat(
            stages(
                List.of(),
                List.of(reported(1000, 3000)),
                window(0, new Sighting(1000, 3000, CIRCLE))))
        .containsExactly(Stage.ANSWER);
  }

  @Test
  void goodBoundsAreNoLoss() {
    assertThat(stages(circle(1000, 3000), List.of(reported(1100, 3000)), window(0))).isEmpty();
  }
}
