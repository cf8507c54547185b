package io.chronoscope.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.chronoscope.analysis.AnalysisEvent.EventJudged;
import io.chronoscope.analysis.StreamState.OpenEvent;
import io.chronoscope.analysis.StreamState.OpenEvent.BoundCertainty;
import io.chronoscope.analysis.StreamState.OpenEvent.Evidence;
import io.chronoscope.analysis.StreamState.OpenEvent.Seen;
import io.chronoscope.cli.EvaluationReport.Evaluated;
import io.chronoscope.cli.run.StreamResults;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Provenance;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.Sampling;
import io.chronoscope.domain.TimeSpan;
import io.chronoscope.evaluation.GroundTruth;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EventCalibrationTest {

  private static final Instant START = Instant.parse("2026-05-04T12:00:00Z");
  private static final Seen SEEN = new Seen(0, 0);

  private final StreamResults results = new StreamResults("yard");
  private final List<GroundTruth.Event> truth = new ArrayList<>();
  private final AnalysisRecord record = new AnalysisRecord();

  /// A circle for 3 s every 10 s, reported this much too early.
  ///
  /// @param certainty of its bounds, and the probability of its words
  private void reported(int earlyMs, double certainty) {
    long start = 10_000L * (truth.size() + 1);
    truth.add(new GroundTruth.Event(start, start + 3000, "A red circle appears."));
    reported(start - earlyMs, start - earlyMs + 3000, "A red circle appears.", certainty);
  }

  private void reported(long startMs, long endMs, String description, double certainty) {
    VideoEvent event =
        new VideoEvent(
            "evt-" + results.events().size(),
            1,
            Status.CLOSED,
            "yard",
            new TimeSpan(START.plusMillis(startMs), START.plusMillis(endMs), startMs, endMs),
            500,
            description,
            new Provenance(new ModelRef("demo", "1"), new Sampling(20, 2, "target", 120, 112, 84)),
            List.of());
    // What is published may state more; the fit counts what the sampling leaves open.
    results.add(event.withToleranceMs(5000));
    record.on(
        new EventJudged(
            "yard",
            new OpenEvent(
                event,
                SEEN,
                SEEN,
                0,
                Optional.of(new Evidence(certainty, certainty, 1, 1, 0)),
                Optional.of(new BoundCertainty(1, certainty))),
            EventJudged.Outcome.PUBLISHED));
  }

  private JsonNode fit() throws IOException {
    String entries =
        EventCalibration.fit(
            List.of(new Evaluated("yard", Optional.empty(), "yard", new GroundTruth(truth))),
            Map.of("yard", results),
            record);
    return new ObjectMapper().readTree("{" + entries + "}");
  }

  @Test
  void fitsTheErrorOfBoundsByTheirCertainty() throws IOException {
    for (int i = 0; i < 10; i++) {
      reported(400, 0.99);
      reported(i == 0 ? 800 : 300, 0.9);
      reported(1200, 0.7);
      reported(2000, 0.2);
    }
    // Invented: it has no true bounds to be off from, but there is no confidence to fit without.
    reported(5000, 6000, "A blue cross appears.", 0.3);
    JsonNode error = fit().path("boundError");
    assertThat(error.properties()).hasSize(4);
    // 0.4 s is within what 2 frames a second leave open.
    assertThat(error.path("0.99").asDouble(-1)).isZero();
    assertThat(error.path("0.9").asDouble()).isEqualTo(0.8);
    assertThat(error.path("0.7").asDouble()).isEqualTo(1.2);
    assertThat(error.path("0.0").asDouble()).isEqualTo(2);
  }

  @Test
  void fitsTheConfidenceOfEventsOnWhatIsTrueAndWhatIsInvented() throws IOException {
    for (int i = 0; i < 20; i++) {
      reported(100, 0.95);
      reported(10_000L * i + 5000, 10_000L * i + 6000, "A blue cross appears.", 0.3);
    }
    JsonNode weights = fit().path("eventConfidence");
    assertThat(weights.path("words").asDouble()).isPositive();
    assertThat(weights.path("bounds").asDouble()).isPositive();
  }

  @Test
  void needsAModelThatTellsHowLikelyItsAnswersAre() {
    assertThatThrownBy(this::fit)
        .isInstanceOf(EnvironmentException.class)
        .hasMessageContaining("does not tell");
  }
}
