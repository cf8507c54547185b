package io.chronoscope.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.StreamInput.Chunk;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ChunkTimesTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  private static Chunk chunk(Optional<Instant> declaredStart, Instant recordTime) {
    return new Chunk(
        "cam",
        new ChunkOrigin("video.chunks", 0, 0),
        declaredStart,
        recordTime,
        OptionalLong.empty(),
        Optional.empty(),
        ByteBuffer.allocate(0));
  }

  @Nested
  class Start {

    @Test
    void isTheDeclaredOneInWholeMicroseconds() {
      Chunk declared = chunk(Optional.of(NOON.plusNanos(1_999)), NOON.plusSeconds(60));
      assertThat(ChunkTimes.startOf(declared, Optional.of(NOON.plusSeconds(2))))
          .isEqualTo(NOON.plusNanos(1_000));
    }

    @Test
    void isTheRecordTimeOfTheFirstBareRecord() {
      assertThat(ChunkTimes.startOf(chunk(Optional.empty(), NOON), Optional.empty()))
          .isEqualTo(NOON);
    }

    @Test
    void followsTheChunkBeforeABareRecordUnlessTimeWasLost() {
      Instant previousEnd = NOON.plusSeconds(2);
      Instant latest = previousEnd.plus(ChunkTimes.TIMESTAMP_JITTER);
      assertThat(ChunkTimes.startOf(chunk(Optional.empty(), NOON), Optional.of(previousEnd)))
          .isEqualTo(previousEnd);
      assertThat(ChunkTimes.startOf(chunk(Optional.empty(), latest), Optional.of(previousEnd)))
          .isEqualTo(previousEnd);
      Instant later = latest.plusMillis(1);
      assertThat(ChunkTimes.startOf(chunk(Optional.empty(), later), Optional.of(previousEnd)))
          .isEqualTo(later);
    }
  }

  @Test
  void aGapIsLongerThanRounding() {
    assertThat(ChunkTimes.isGap(NOON, NOON.plus(ChunkTimes.ROUNDING))).isFalse();
    assertThat(ChunkTimes.isGap(NOON, NOON.plus(ChunkTimes.ROUNDING).plusNanos(1_000))).isTrue();
    assertThat(ChunkTimes.isGap(NOON.plusSeconds(1), NOON)).isFalse();
  }
}
