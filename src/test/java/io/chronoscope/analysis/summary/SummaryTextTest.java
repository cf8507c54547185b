package io.chronoscope.analysis.summary;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.analysis.summary.Summarizer.Part;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SummaryTextTest {

  private static Part part(double from, double until, String text) {
    return new Part(Math.round(from * 1e6), Math.round(until * 1e6), text);
  }

  @Test
  void dropsSentencesThatThePreviousPartHas() {
    assertThat(
            SummaryText.join(
                List.of(
                    part(0, 8, "A red circle appears, then a blue square moves left."),
                    part(5, 13, "A blue square moves left, then the light goes off."),
                    part(10, 18, "The light goes off."),
                    part(15, 23, "Nothing happens."))))
        .isEqualTo(
            """
            00:00 - 00:08: A red circle appears. A blue square moves left.
            00:05 - 00:18: The light goes off.
            00:15 - 00:23: Nothing happens.\
            """);
  }

  @Test
  void dropsTheTimesOfLinesWithinAPart() {
    assertThat(
            SummaryText.join(
                List.of(
                    part(0, 60, "00:00 - 00:08: A dog runs.\n00:05 - 00:13: A cat sleeps."),
                    part(60, 6000, "Rain falls."))))
        .isEqualTo("00:00 - 01:00: A dog runs. A cat sleeps.\n01:00 - 100:00: Rain falls.");
  }

  @Test
  void clipsEachPartToItsShare() {
    List<Part> minutes = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      minutes.add(part(i * 60, i * 60 + 60, ("Something number " + i + " happens, ").repeat(40)));
    }
    String joined = SummaryText.join(minutes);
    assertThat(joined.length()).isLessThanOrEqualTo(SummaryText.MAX_CHARS);
    assertThat(joined.lines()).hasSize(60).allMatch(line -> line.endsWith("…"));
  }

  @Test
  void dropsAnUnfinishedLastSentence() {
    assertThat(SummaryText.upToLastSentence("One thing. Another th")).isEqualTo("One thing.");
    assertThat(SummaryText.upToLastSentence("Endless")).isEmpty();
  }
}
