package io.chronoscope.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.decode.LiveSegment;
import io.chronoscope.decode.LiveSegment.StatedTime;
import io.chronoscope.domain.SourceClock;
import io.chronoscope.live.StreamTimeline.Missing;
import io.chronoscope.live.StreamTimeline.Placed;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StreamTimelineTest {

  private static final Instant NOON = Instant.parse("2026-05-04T12:00:00Z");
  private static final Duration LENGTH = Duration.ofSeconds(4);

  private final StreamTimeline timeline = new StreamTimeline(TimeSource.SOURCE);

  @Test
  void prefersTheSourcesClockToArrival() {
    Placed placed = timeline.place(segment(0, NOON.plusSeconds(2), NOON), true);

    assertThat(placed.start()).isEqualTo(NOON);
    assertThat(placed.clock()).isEqualTo(SourceClock.RTCP);
    assertThat(placed.missing()).isEmpty();
  }

  @Test
  void arrivalCountsWhereTheSettingSaysSo() {
    StreamTimeline byArrival = new StreamTimeline(TimeSource.ARRIVAL);

    Placed placed = byArrival.place(segment(0, NOON.plusSeconds(2), NOON), true);

    assertThat(placed.start()).isEqualTo(NOON.plusSeconds(2));
    assertThat(placed.clock()).isEqualTo(SourceClock.ARRIVAL);
  }

  @Test
  void aClockThatWasNeverSetDoesNotCount() {
    Placed placed = timeline.place(segment(0, NOON, Instant.parse("1970-01-01T00:03:00Z")), true);

    assertThat(placed.start()).isEqualTo(NOON);
    assertThat(placed.clock()).isEqualTo(SourceClock.ARRIVAL);
  }

  @Test
  void followsAClockThatDriftsWithoutGapOrOverlap() {
    Instant end = timeline.place(segment(0, NOON, NOON), true).end();
    for (int i = 1; i < 200; i++) {
      // The clock gains 3 ms a second.
      Instant clock = NOON.plusMillis(4_000L * i + 12L * i);
      Placed placed = timeline.place(segment(4_000L * i, NOON, clock), false);

      assertThat(Duration.between(end, placed.start()).abs()).isLessThan(Duration.ofMillis(50));
      assertThat(placed.jumped()).isZero();
      assertThat(Duration.between(placed.start(), clock).abs()).isLessThan(Duration.ofMillis(50));
      end = placed.end();
    }
  }

  @Test
  void followsAClockThatWasSetAtOnce() {
    timeline.place(segment(0, NOON, NOON), true);

    Placed forward = timeline.place(segment(4_000, NOON, NOON.plusSeconds(3604)), false);
    Placed back = timeline.place(segment(8_000, NOON, NOON.plusSeconds(8)), false);

    assertThat(forward.start()).isEqualTo(NOON.plusSeconds(3604));
    assertThat(forward.jumped()).isEqualTo(Duration.ofHours(1));
    assertThat(forward.missing()).isEmpty();
    assertThat(back.start()).isEqualTo(NOON.plusSeconds(8));
    assertThat(back.jumped()).isEqualTo(Duration.ofHours(-1));
  }

  @Test
  void reportsWhatIsMissingBetweenConnections() {
    timeline.place(segment(0, NOON, NOON), true);

    Placed placed = timeline.place(segment(500, NOON, NOON.plusSeconds(30)), true);

    assertThat(placed.start()).isEqualTo(NOON.plusSeconds(30));
    assertThat(placed.missing()).contains(new Missing(NOON.plusSeconds(4), NOON.plusSeconds(30)));
  }

  @Test
  void aPlaylistThatWasReadOnContinuesWithoutAGap() {
    timeline.place(segment(0, NOON, NOON), true);

    Placed placed = timeline.place(segment(77_000, NOON, NOON.plusSeconds(4)), true);

    assertThat(placed.start()).isEqualTo(NOON.plusSeconds(4));
    assertThat(placed.missing()).isEmpty();
  }

  @Test
  void byArrivalTimeNeverGoesBack() {
    Placed first = timeline.place(arrived(0, NOON), true);
    Placed again = timeline.place(arrived(0, NOON.plusSeconds(1)), true);
    Placed later = timeline.place(arrived(0, NOON.plusSeconds(60)), true);

    assertThat(again.start()).isEqualTo(first.end());
    assertThat(again.missing()).isEmpty();
    assertThat(later.start()).isEqualTo(NOON.plusSeconds(60));
    assertThat(later.missing()).isPresent();
  }

  @Test
  void videoThatIsSentFasterThanItPlaysKeepsItsOwnPace() {
    Placed last = timeline.place(arrived(0, NOON), true);
    for (int i = 1; i < 100; i++) {
      Placed placed = timeline.place(arrived(4_000L * i, NOON), false);
      assertThat(placed.start()).isEqualTo(last.end());
      last = placed;
    }
  }

  /// @param offsetAt arrival of the segment's first packet
  private static LiveSegment arrived(long ptsMs, Instant offsetAt) {
    return new LiveSegment(
        ptsMs * 1000,
        LENGTH,
        "video/mp4",
        ByteBuffer.allocate(1),
        100,
        ptsMs > 0,
        micros(offsetAt) - ptsMs * 1000,
        Optional.empty());
  }

  private static LiveSegment segment(long ptsMs, Instant arrival, Instant clock) {
    return new LiveSegment(
        ptsMs * 1000,
        LENGTH,
        "video/mp4",
        ByteBuffer.allocate(1),
        100,
        ptsMs > 0,
        micros(arrival) - ptsMs * 1000,
        Optional.of(new StatedTime(micros(clock) - ptsMs * 1000, SourceClock.RTCP)));
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }
}
