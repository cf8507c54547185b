package io.chronoscope.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Provenance;
import io.chronoscope.domain.Result.Gap;
import io.chronoscope.domain.Result.Level;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.StreamEnd;
import io.chronoscope.domain.Result.Summary;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.Sampling;
import io.chronoscope.domain.TimeSpan;
import io.chronoscope.evaluation.GroundTruth;
import io.chronoscope.render.StreamTimeline;
import io.chronoscope.render.StreamTimeline.Invented;
import io.chronoscope.render.StreamTimeline.Missed;
import io.chronoscope.render.StreamTimeline.Reported;
import io.chronoscope.render.StreamTimeline.TrueSpan;
import io.chronoscope.render.StreamTimeline.Unseen;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StreamResultsTest {

  private static final Instant START = Instant.parse("2026-05-04T12:00:00Z");
  private static final ModelRef MODEL = new ModelRef("demo", "1");
  private static final Sampling SAMPLING = new Sampling(20, 2, "target", 120, 112, 84);

  private final StreamResults results = new StreamResults("yard");

  @Test
  void keepsTheLatestRevisionOfAnEvent() {
    results.add(event("e1", 2, Status.CLOSED, 1000, 5000, "A red circle appears."));
    results.add(event("e1", 1, Status.OPEN, 1000, 3000, "A red circle appears."));

    assertThat(results.events())
        .singleElement()
        .satisfies(e -> assertThat(e.revision()).isEqualTo(2));
    assertThat(results.published()).hasSize(2);
  }

  @Test
  void retainsNoSupersededRevisionsWhenOnlyTheLatestMatter() {
    StreamResults latest = StreamResults.latestOnly("yard");
    latest.add(event("e1", 1, Status.OPEN, 1000, 3000, "A red circle appears."));
    latest.add(event("e1", 2, Status.CLOSED, 1000, 5000, "A red circle appears."));

    assertThat(latest.published()).isEmpty();
    assertThat(latest.events()).hasSize(1);
  }

  @Test
  void isCompleteWithItsEndAndTheSummaryOfTheWholeStream() {
    results.add(summary("w", Level.WINDOW, 10_000));
    results.add(summary("s", Level.STREAM, 10_000));
    assertThat(results.isComplete()).isFalse();
    Summary whole = summary("s", Level.STREAM, 14_000);
    results.add(new StreamEnd("e", whole.stream(), whole.start(), whole.end(), 14_000, 2, 0, 0));
    assertThat(results.isComplete()).isFalse();

    results.add(whole);

    assertThat(results.isComplete()).isTrue();
    assertThat(results.analyzedMs()).isEqualTo(14_000);
  }

  @Test
  void comparesOnlyClosedEventsWithTheGroundTruth() {
    results.add(event("e1", 1, Status.CLOSED, 1000, 5000, "A red circle appears."));
    results.add(event("e2", 1, Status.OPEN, 6000, 9000, "A blue cross appears."));
    GroundTruth truth =
        new GroundTruth(
            List.of(
                new GroundTruth.Event(1000, 5000, "A red circle appears."),
                new GroundTruth.Event(6000, 9000, "A blue cross appears.")));

    assertThat(results.compare(truth).score().found()).isEqualTo(1);
  }

  @Test
  void showsEachEventWithItsTrueSpan() {
    results.add(event("e1", 1, Status.CLOSED, 1000, 5000, "A red circle appears."));
    results.add(event("e2", 1, Status.CLOSED, 2000, 3000, "A blue cross appears."));
    results.add(summary("w", Level.WINDOW, 10_000));
    GroundTruth truth =
        new GroundTruth(
            List.of(
                new GroundTruth.Event(1000, 4000, "A red circle appears."),
                new GroundTruth.Event(6000, 9000, "The light goes off.")));

    StreamTimeline timeline = results.timeline("yard", Optional.of(results.compare(truth)));

    assertThat(timeline.caption()).isEqualTo("one window, 2 fps, at 112×84");
    assertThat(timeline.rows())
        .containsExactly(
            Reported.closed(
                1000,
                5000,
                250,
                "A red circle appears.",
                Optional.of(new TrueSpan(1000, 4000, 0.75))),
            Reported.closed(2000, 3000, 250, "A blue cross appears.", Optional.of(new Invented())),
            new Missed(6000, 9000, "The light goes off."));
  }

  @Test
  void showsGapsAndMergesAdjacentOnes() {
    results.add(summary("w", Level.WINDOW, 8_000));
    results.add(gap("g1", 1, Status.CLOSED, 8_000, 13_000, Gap.Cause.NOT_LOOKED));
    results.add(gap("g2", 1, Status.CLOSED, 13_000, 18_000, Gap.Cause.NOT_LOOKED));
    results.add(gap("g3", 1, Status.CLOSED, 18_000, 20_000, Gap.Cause.MISSING));
    results.add(gap("g4", 1, Status.CLOSED, 2_000, 4_000, Gap.Cause.MISSING));
    results.add(gap("g4", 2, Status.WITHDRAWN, 2_000, 4_000, Gap.Cause.MISSING));

    StreamTimeline timeline = results.timeline("yard", Optional.empty());

    assertThat(timeline.rows())
        .containsExactly(
            new Unseen(8_000, 18_000, "not analyzed: too far behind"),
            new Unseen(18_000, 20_000, "chunk missing"));
    assertThat(timeline.hasEvents()).isFalse();
    assertThat(timeline.durationMs()).isEqualTo(20_000);
  }

  private static Gap gap(
      String id, int revision, Status status, long startMs, long endMs, Gap.Cause cause) {
    return new Gap(
        id,
        revision,
        status,
        "yard",
        new TimeSpan(START.plusMillis(startMs), START.plusMillis(endMs), startMs, endMs),
        cause,
        "detail");
  }

  private static VideoEvent event(
      String id, int revision, Status status, long startMs, long endMs, String description) {
    return new VideoEvent(
        id,
        revision,
        status,
        "yard",
        new TimeSpan(START.plusMillis(startMs), START.plusMillis(endMs), startMs, endMs),
        250,
        description,
        new Provenance(MODEL, SAMPLING),
        List.of());
  }

  private static Summary summary(String id, Level level, long endMs) {
    return new Summary(
        id,
        1,
        level,
        "yard",
        new TimeSpan(START, START.plusMillis(endMs), 0, endMs),
        "Things happened.",
        new Provenance(MODEL, SAMPLING),
        List.of());
  }
}
