package io.chronoscope.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.analysis.AnalysisEvent.WindowSightings;
import io.chronoscope.cli.EvaluationReport.Evaluated;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.run.StreamResults;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Provenance;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.Sampling;
import io.chronoscope.domain.TimeSpan;
import io.chronoscope.evaluation.GroundTruth;
import io.chronoscope.render.Terminal;
import io.chronoscope.sampling.FixedRate;
import io.chronoscope.testing.JsonOutput;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EvaluationReportTest {

  private static final Instant START = Instant.parse("2026-05-04T12:00:00Z");
  private static final String CIRCLE = "A red circle appears.";

  /// Frames every second show it from 2 s on until 4 s: at best 1.5 s to 4.5 s.
  private static final GroundTruth TRUTH =
      new GroundTruth(List.of(new GroundTruth.Event(1500, 4500, CIRCLE)));

  private final Map<String, StreamResults> results = new HashMap<>();
  private final AnalysisRecord record = new AnalysisRecord();
  private final List<Evaluated> evaluated =
      List.of(
          new Evaluated("yard", Optional.of(FixedRate.even(1)), "yard@1", TRUTH),
          new Evaluated("yard", Optional.of(FixedRate.uneven(1, 7)), "yard@uneven-1-7", TRUTH),
          new Evaluated("yard", Optional.empty(), "yard", TRUTH));

  @BeforeEach
  void analyze() {
    for (Evaluated one : evaluated) {
      StreamResults found = new StreamResults(one.stream());
      found.add(
          new VideoEvent(
              "evt-" + one.stream(),
              1,
              Status.CLOSED,
              one.stream(),
              new TimeSpan(START.plusMillis(1500), START.plusMillis(3000), 1500, 3000),
              500,
              CIRCLE,
              new Provenance(
                  new ModelRef("demo", "1"), new Sampling(20, 2, "target", 120, 112, 84)),
              List.of()));
      results.put(one.stream(), found);
      record.on(
          new WindowSightings(
              one.stream(),
              0,
              LongStream.range(0, 8).map(second -> second * 1_000_000).boxed().toList(),
              8_000_000,
              WindowSightings.Coverage.WHOLE,
              List.of()));
    }
  }

  private String print(boolean json) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new EvaluationReport(
            new Output(
                new PrintStream(out, true, UTF_8),
                Terminal.NONE,
                new PrintStream(new ByteArrayOutputStream(), true, UTF_8),
                Terminal.NONE),
            json)
        .print(evaluated, results, record);
    return out.toString(UTF_8);
  }

  @Test
  void setsTheMeanIouBesideWhatTheFramesAllow() {
    assertThat(print(false))
        .contains("1 fps           0.500 of 1.000 (0.500)")
        .contains("uneven:1:7 fps  0.500 of 1.000 (0.500)");
  }

  @Test
  void alignsTheFiguresOfAllRates() {
    List<Integer> columns =
        print(false)
            .lines()
            .takeWhile(line -> !line.isBlank())
            .filter(line -> line.contains("0.500"))
            .map(line -> line.indexOf("0.500"))
            .toList();
    assertThat(columns).hasSize(7);
    assertThat(columns).containsOnly(columns.getFirst());
  }

  @Test
  void printsJsonAsItsSchemaSays() {
    JsonOutput.requireValid("evaluate", print(true));
    assertThat(print(true))
        .contains(
            "\"fps\":1.0", "\"fps\":\"uneven:1:7\"", "\"fps\":\"auto\"", "\"frameCeiling\":1.0");
  }
}
