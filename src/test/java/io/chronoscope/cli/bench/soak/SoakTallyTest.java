package io.chronoscope.cli.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Provenance;
import io.chronoscope.domain.Result.Level;
import io.chronoscope.domain.Result.StreamEnd;
import io.chronoscope.domain.Result.Summary;
import io.chronoscope.domain.Sampling;
import io.chronoscope.domain.TimeSpan;
import io.chronoscope.testing.Samples;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class SoakTallyTest {

  private static final Instant START = Instant.parse("2026-05-04T12:00:00Z");

  private final SoakTally tally = new SoakTally();

  private static Summary summary(String id, int revision, Level level, long endMs) {
    return new Summary(
        id,
        revision,
        level,
        "soak",
        new TimeSpan(START, START.plusMillis(endMs), 0, endMs),
        "Nothing happens.",
        new Provenance(new ModelRef("demo", "1"), new Sampling(20, 2, "target", 120, 112, 84)),
        List.of());
  }

  @Test
  void countsEachSummaryAndEachEventOnce() {
    tally.add(summary("w0", 1, Level.WINDOW, 8_000));
    tally.add(summary("w1", 1, Level.WINDOW, 13_000));
    tally.add(summary("m0", 1, Level.MINUTE, 13_000));
    tally.add(summary("m0", 2, Level.MINUTE, 13_000));
    tally.add(Samples.event("e1", 1, "soak"));
    tally.add(Samples.event("e1", 2, "soak"));

    assertThat(tally.windows()).isEqualTo(2);
    assertThat(tally.analyzedMs()).isEqualTo(13_000);
    assertThat(tally.figures())
        .containsEntry("windowSummaries", 2)
        .containsEntry("minuteSummaries", 1)
        .containsEntry("hourSummaries", 0)
        .containsEntry("summariesToldAgain", 1)
        .containsEntry("events", 1)
        .containsEntry("ended", false);
  }

  @Test
  void isCompleteWithTheEndAndTheSummaryInEitherOrder() {
    StreamEnd end = new StreamEnd("end", "soak", START, START.plusSeconds(20), 20_000, 3, 5, 0);
    tally.add(summary("s", 1, Level.STREAM, 15_000));
    assertThat(tally.isComplete()).isFalse();
    tally.add(end);
    assertThat(tally.isComplete()).isFalse();
    tally.add(summary("s", 2, Level.STREAM, 20_000));
    assertThat(tally.isComplete()).isTrue();
    assertThat(tally.figures()).containsEntry("endEvents", 5L).containsEntry("ended", true);
  }
}
