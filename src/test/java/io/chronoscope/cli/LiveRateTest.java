package io.chronoscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.live.SourceState;
import io.chronoscope.live.SourceStatus;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LiveRateTest {

  private static final Instant START = Instant.parse("2026-05-04T12:00:00Z");
  private static final SourceState LIVE = new SourceState.Live(START);

  private static SourceStatus status(SourceState state, long frames, double cutAfterSeconds) {
    return new SourceStatus(
        "gate",
        "rtsp://camera-1/main",
        state,
        frames,
        frames * 1000,
        frames == 0
            ? Optional.empty()
            : Optional.of(START.plusMillis((long) (cutAfterSeconds * 1000))),
        0,
        0,
        0,
        0,
        0,
        0,
        Optional.empty(),
        Optional.empty(),
        START);
  }

  @Test
  void isTheSourcesWhateverTheLengthOfItsChunks() {
    LiveRate rate = LiveRate.since(START).at(status(LIVE, 60, 4));
    assertThat(rate.framesPerSecond()).isEqualTo(15);
    assertThat(rate.bitsPerSecond()).isEqualTo(120_000);

    // Ten seconds without a chunk, then one that is as long.
    assertThat(rate.at(status(LIVE, 60, 4)).framesPerSecond()).isEqualTo(15);
    assertThat(rate.at(status(LIVE, 210, 14)).framesPerSecond()).isEqualTo(15);
  }

  @Test
  void isNothingBeforeTheFirstChunkAndWhileTheSourceIsAway() {
    LiveRate none = LiveRate.since(START).at(status(LIVE, 0, 0));
    assertThat(none.framesPerSecond()).isZero();

    LiveRate before = none.at(status(LIVE, 60, 4));
    SourceState away = new SourceState.Waiting("no new picture for 10 s", START.plusSeconds(20));
    assertThat(before.at(status(away, 60, 4)).framesPerSecond()).isZero();
  }
}
