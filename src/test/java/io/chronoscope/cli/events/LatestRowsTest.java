package io.chronoscope.cli.events;

import static io.chronoscope.testing.SampleResults.deadLetter;
import static io.chronoscope.testing.SampleResults.end;
import static io.chronoscope.testing.SampleResults.event;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.domain.Result;
import java.util.List;
import org.junit.jupiter.api.Test;

class LatestRowsTest {

  private static final Result FIRST = event("gate", "evt-1", 0, 2, "A red circle stops.");
  private static final Result OTHER = event("yard", "evt-2", 0, 2, "A blue square appears.");
  private static final Result SECOND = event("gate", "evt-3", 2, 4, "A red circle moves.");
  private static final Result GATE_ENDS = end("gate", "end-1", 0, 40, 2);
  private static final Result YARD_ENDS = end("yard", "end-2", 0, 40, 1);

  private static final List<Result> PUBLISHED = List.of(FIRST, OTHER, SECOND, YARD_ENDS, GATE_ENDS);

  @Test
  void countsEventsAndKeepsWhatElseIsKnownOfTheirStreams() {
    assertThat(LatestRows.of(PUBLISHED, 1)).containsExactly(SECOND, GATE_ENDS);
    assertThat(LatestRows.of(PUBLISHED, 2)).containsExactly(OTHER, SECOND, YARD_ENDS, GATE_ENDS);
    assertThat(LatestRows.of(PUBLISHED, 9)).isEqualTo(PUBLISHED);
  }

  @Test
  void countsTheRevisionsOfAnEventOnce() {
    List<Result> published = List.of(FIRST, OTHER, FIRST, OTHER, OTHER);

    assertThat(LatestRows.of(published, 1)).containsExactly(OTHER, OTHER, OTHER);
    assertThat(LatestRows.of(published, 2)).isEqualTo(published);
  }

  @Test
  void countsRejectedRecords() {
    Result letter = deadLetter("gate", 7, "no media");

    assertThat(LatestRows.of(List.of(FIRST, letter), 1)).containsExactly(letter);
  }
}
