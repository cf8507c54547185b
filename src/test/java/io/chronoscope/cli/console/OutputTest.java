package io.chronoscope.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.evaluation.Comparison;
import io.chronoscope.evaluation.GroundTruth;
import io.chronoscope.evaluation.ReportedEvent;
import io.chronoscope.render.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class OutputTest {

  @Test
  void writesOneObjectALine() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    Comparison comparison =
        Comparison.of(
            new GroundTruth(
                List.of(
                    new GroundTruth.Event(0, 1000, "A red circle appears."),
                    new GroundTruth.Event(0, 500, "A blue cross appears."))),
            List.of(
                new ReportedEvent(
                    "evt-1", 0, 500, "A red circle appears.", 250, OptionalDouble.of(0.9))));
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("start", Instant.parse("2026-05-04T12:00:00Z"));
    line.put("nothing", Optional.empty());
    line.put("pairings", comparison.pairings());

    new Output(out, Terminal.NONE, out, Terminal.NONE).printJson(line);

    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .isEqualToIgnoringNewLines(
            "{\"start\":\"2026-05-04T12:00:00Z\",\"nothing\":null,\"pairings\":["
                + "{\"truth\":{\"startMs\":0,\"endMs\":1000,\"description\":\"A red circle appears.\"},"
                + "\"answer\":{\"id\":\"evt-1\",\"startMs\":0,\"endMs\":500,"
                + "\"description\":\"A red circle appears.\",\"toleranceMs\":250,\"confidence\":0.9},"
                + "\"iou\":0.5},"
                + "{\"truth\":{\"startMs\":0,\"endMs\":500,\"description\":\"A blue cross appears.\"},"
                + "\"answer\":null,\"iou\":0.0}]}");
  }
}
