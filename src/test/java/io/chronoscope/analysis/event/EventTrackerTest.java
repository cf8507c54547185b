package io.chronoscope.analysis.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.analysis.WindowPlan;
import io.chronoscope.analysis.window.Sighting;
import io.chronoscope.domain.Certainty;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.VideoEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class EventTrackerTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final ModelRef MODEL = new ModelRef("fake", "1");
  private static final WindowPlan PLAN =
      new WindowPlan(Duration.ofSeconds(10), Duration.ofSeconds(2));

  private static final TrackedWindows WINDOWS = new TrackedWindows(PLAN);

  private EventTracker tracker =
      new EventTracker("s", NOON, MODEL, List.of(), SemanticMatcher.OF_WORDS_ONLY);

  /// A window of 10 s with 2 s overlap at 2 fps; times in seconds from the stream's start.
  private List<VideoEvent> window(long number, Sighting... sightings) {
    return WINDOWS.observe(tracker, number, sightings);
  }

  /// A partial analysis of the first seconds of a window.
  private List<VideoEvent> partial(long number, double seconds, Sighting... sightings) {
    return WINDOWS.observePart(tracker, number, seconds, sightings);
  }

  @Test
  void aRemnantOfWhatTheWindowBeforeSawIsNoEvent() {
    window(0, saw(3, 8, "a white square turns yellow"));

    // Visible in the first frame only; window 0 saw it end, under its name.
    assertThat(window(1, saw(8, 8.25, "a yellow cross appears"))).isEmpty();
    assertThat(tracker.open()).isEmpty();
  }

  @Test
  void whatGoesOnBehindTheWindowBeforeIsAnEvent() {
    window(0);

    assertThat(describe(window(1, saw(8, 10.5, "a red circle appears")))).hasSize(1);
  }

  @Test
  void whatBeginsWithinAWindowIsAnEvent() {
    window(0);

    assertThat(describe(window(1, saw(8.5, 9.5, "a red circle appears")))).hasSize(1);
  }

  @Test
  void behindAGapNothingIsARemnant() {
    assertThat(
            describe(WINDOWS.observeBehindGap(tracker, 1, saw(8, 8.25, "a yellow cross appears"))))
        .hasSize(1);
  }

  private static List<String> describe(List<VideoEvent> events) {
    return events.stream().map(EventTrackerTest::describe).toList();
  }

  private static Sighting saw(double start, double end, String what) {
    long from = Math.round(start * 1e6);
    long until = Math.round(end * 1e6);
    List<Long> frames =
        LongStream.rangeClosed(from / 500_000, (until - 1) / 500_000)
            .map(n -> n * 500_000)
            .boxed()
            .toList();
    return new Sighting(
        from,
        until,
        what,
        500_000,
        frames,
        List.of(new ChunkOrigin("t", 0, from / 2_000_000)),
        Certainty.UNSTATED);
  }

  private static String describe(VideoEvent event) {
    return "%s %.1f-%.1f r%d %s"
        .formatted(
            event.description(),
            event.startOffsetMs() / 1e3,
            event.endOffsetMs() / 1e3,
            event.revision(),
            event.status());
  }

  @Nested
  class WithinAWindow {

    @Test
    void closesAnEventThatNoLaterWindowCanRevise() {
      List<VideoEvent> events = window(0, saw(1, 4, "A red circle moves left."));
      assertThat(events).hasSize(1);
      VideoEvent event = events.getFirst();
      assertThat(describe(event)).isEqualTo("A red circle moves left. 1.0-4.0 r1 CLOSED");
      assertThat(event.start()).isEqualTo(NOON.plusSeconds(1));
      assertThat(event.toleranceMs()).isEqualTo(500);
      assertThat(event.sampling().framesSeen()).isEqualTo(6);
      assertThat(tracker.open()).isEmpty();
    }

    @Test
    void keepsSimultaneousEventsApart() {
      window(0, saw(7, 10, "A red circle moves left."), saw(7, 10, "A red square moves left."));
      List<VideoEvent> closed =
          window(1, saw(8, 12, "A red square moves left."), saw(8, 13, "A red circle moves left."));
      assertThat(closed.stream().map(EventTrackerTest::describe))
          .containsExactlyInAnyOrder(
              "A red circle moves left. 7.0-13.0 r2 CLOSED",
              "A red square moves left. 7.0-12.0 r2 CLOSED");
    }

    @Test
    void mergesRepetitionsWithinAnAnswer() {
      List<VideoEvent> events =
          window(0, saw(2, 5, "A red circle moves left."), saw(2.5, 5.5, "A red circle appears."));
      assertThat(events.stream().map(EventTrackerTest::describe))
          .containsExactly("A red circle moves left. 2.0-5.5 r1 CLOSED");
    }
  }

  @Nested
  class PartialAnalysis {

    @Test
    void opensAnEventBeforeItsWindowIsComplete() {
      assertThat(describe(partial(0, 4, saw(1, 4, "A red circle appears."))))
          .containsExactly("A red circle appears. 1.0-4.0 r1 OPEN");
      assertThat(describe(partial(0, 7, saw(1, 7, "A red circle moves left."))))
          .containsExactly("A red circle moves left. 1.0-7.0 r2 UPDATE");
      assertThat(describe(window(0, saw(1, 7.5, "A red circle moves left."))))
          .containsExactly("A red circle moves left. 1.0-7.5 r3 CLOSED");
    }

    @Test
    void publishesNothingWhileNothingChanges() {
      partial(0, 4, saw(1, 3, "A red circle appears."));
      assertThat(partial(0, 7, saw(1, 3, "A red circle appears."))).isEmpty();
      assertThat(describe(window(0, saw(1, 3, "A red circle appears."))))
          .containsExactly("A red circle appears. 1.0-3.0 r2 CLOSED");
    }

    @Test
    void replacesWhatAPartialAnalysisSawByWhatTheWholeWindowSaw() {
      partial(0, 4, saw(0.5, 4, "A red circle moves left."));
      VideoEvent closed = window(0, saw(1, 3, "A red circle appears.")).getFirst();
      assertThat(describe(closed)).isEqualTo("A red circle appears. 1.0-3.0 r2 CLOSED");
      assertThat(closed.sampling().framesSeen()).isEqualTo(4);
      assertThat(closed.chunks()).extracting(ChunkOrigin::offset).containsExactly(0L);
    }

    @Test
    void keepsTheStartThatThePreviousWindowSaw() {
      window(0, saw(7, 10, "A red circle appears."));
      partial(1, 4, saw(8, 12, "A red circle moves left."));
      VideoEvent closed = window(1, saw(8, 14, "A red circle moves left.")).getFirst();
      assertThat(describe(closed)).isEqualTo("A red circle moves left. 7.0-14.0 r3 CLOSED");
      assertThat(closed.sampling().framesSeen()).isEqualTo(6 + 4 + 4);
    }

    @Test
    void closesNothingBeforeTheWindowIsComplete() {
      window(0, saw(7, 10, "A red circle appears."));
      assertThat(partial(1, 4)).isEmpty();
      assertThat(describe(window(1, saw(8, 12, "A red circle appears."))))
          .containsExactly("A red circle appears. 7.0-12.0 r2 CLOSED");
    }

    @Test
    void withdrawsWhatTheWholeWindowDoesNotConfirm() {
      partial(0, 4, saw(2, 4, "A red circle appears."));
      assertThat(describe(window(0))).containsExactly("A red circle appears. 2.0-4.0 r2 WITHDRAWN");
    }
  }

  @Nested
  class AcrossWindows {

    @Test
    void mergesWhatCrossesAWindowBoundary() {
      VideoEvent opened = window(0, saw(7, 10, "A red circle appears.")).getFirst();
      assertThat(opened.status()).isEqualTo(Status.OPEN);

      VideoEvent closed = window(1, saw(8, 14, "A red circle moves left.")).getFirst();
      assertThat(describe(closed)).isEqualTo("A red circle moves left. 7.0-14.0 r2 CLOSED");
      assertThat(closed.id()).isEqualTo(opened.id());
      assertThat(closed.chunks()).extracting(ChunkOrigin::offset).containsExactly(3L, 4L);
      assertThat(closed.sampling().framesSeen()).isEqualTo(6 + 8);
    }

    @Test
    void updatesOnlyTheEndOfAnEventThatLastsThroughAWindow() {
      window(0, saw(5, 10, "The light goes off."));
      assertThat(describe(window(1, saw(8, 18, "The light goes off."))))
          .containsExactly("The light goes off. 5.0-18.0 r2 UPDATE");
    }

    @Test
    void followsAnEventAcrossManyWindows() {
      window(0, saw(5, 10, "The light goes off."));
      window(1, saw(8, 18, "The light goes off."));
      assertThat(describe(window(2, saw(16, 21, "The light goes off.")).getFirst()))
          .isEqualTo("The light goes off. 5.0-21.0 r3 CLOSED");
    }

    @Test
    void namesTheFirstAndLastChunksOfAnEventThatLastsForHours() {
      List<VideoEvent> last = List.of();
      for (int number = 0; number < 500; number++) {
        long from = PLAN.startOf(number) / 1_000_000;
        List<ChunkOrigin> chunks =
            LongStream.range(from, from + 10).mapToObj(n -> new ChunkOrigin("t", 0, n)).toList();
        Sighting whole = saw(from, from + 10, "A red circle stops.");
        last =
            window(
                number,
                new Sighting(
                    whole.startMicros(),
                    whole.endMicros(),
                    whole.description(),
                    whole.toleranceMicros(),
                    whole.frameMicros(),
                    chunks,
                    Certainty.UNSTATED));
      }
      assertThat(last).hasSize(1);
      assertThat(last.getFirst().chunks())
          .extracting(ChunkOrigin::offset)
          .hasSize(64)
          .startsWith(0L, 1L)
          .endsWith(4000L, 4001L)
          .isSorted();
    }

    @Test
    void takesAnEndFromTheWindowInWhichItIsFurtherFromTheEdge() {
      // 9.5 s is half a second before the end of the first window, and 1.5 s into the second.
      window(0, saw(4, 9.5, "A red circle moves left."));
      assertThat(describe(window(1, saw(8, 9, "A red circle moves left.")).getFirst()))
          .isEqualTo("A red circle moves left. 4.0-9.0 r2 CLOSED");
    }

    @Test
    void takesAStartInTheOverlapFromTheWindowInWhichItIsFurtherFromTheEdge() {
      window(0, saw(9.5, 10, "A red circle appears."));
      assertThat(describe(window(1, saw(9, 12, "A red circle moves left.")).getFirst()))
          .isEqualTo("A red circle moves left. 9.0-12.0 r2 CLOSED");
    }

    @Test
    void keepsRepeatedOccurrencesApart() {
      window(0, saw(7, 8.5, "A red circle moves left."));
      List<VideoEvent> events = window(1, saw(12, 14, "A red circle moves left."));
      assertThat(events.stream().map(EventTrackerTest::describe))
          .containsExactly(
              "A red circle moves left. 7.0-8.5 r2 CLOSED",
              "A red circle moves left. 12.0-14.0 r1 CLOSED");
    }

    @Test
    void withdrawsWhatTheNextWindowSawEntirelyButDoesNotConfirm() {
      window(0, saw(9, 10, "A red triangle moves right."));
      assertThat(
              window(1, saw(9, 12, "A red square moves right.")).stream()
                  .map(EventTrackerTest::describe))
          .containsExactlyInAnyOrder(
              "A red triangle moves right. 9.0-10.0 r2 WITHDRAWN",
              "A red square moves right. 9.0-12.0 r1 CLOSED");
    }

    @Test
    void closesWhatTheNextWindowDoesNotSee() {
      window(0, saw(7, 10, "A red circle moves left."));
      assertThat(window(1).stream().map(EventTrackerTest::describe))
          .containsExactly("A red circle moves left. 7.0-10.0 r2 CLOSED");
    }

    @Test
    void closesAllAtTheStreamsEnd() {
      window(0, saw(7, 10, "A red circle moves left."));
      assertThat(tracker.closeAll().stream().map(EventTrackerTest::describe))
          .containsExactly("A red circle moves left. 7.0-10.0 r2 CLOSED");
      assertThat(tracker.open()).isEmpty();
    }

    @Test
    void givesTheSameEventsWhenRestoredFromItsState() {
      List<VideoEvent> straight = new ArrayList<>(window(0, saw(7, 10, "A red circle appears.")));
      var state = tracker.open();
      straight.addAll(window(1, saw(8, 18, "A red circle moves left.")));
      straight.addAll(window(2, saw(16, 20, "A red circle moves left.")));

      tracker = new EventTracker("s", NOON, MODEL, List.of(), SemanticMatcher.OF_WORDS_ONLY);
      List<VideoEvent> interrupted =
          new ArrayList<>(window(0, saw(7, 10, "A red circle appears.")));
      tracker = new EventTracker("s", NOON, MODEL, state, SemanticMatcher.OF_WORDS_ONLY);
      interrupted.addAll(window(1, saw(8, 18, "A red circle moves left.")));
      interrupted.addAll(window(2, saw(16, 20, "A red circle moves left.")));

      assertThat(interrupted).isEqualTo(straight);
    }
  }
}
