package io.chronoscope.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.analysis.ChunkClock.Placement;
import io.chronoscope.model.ChunkOrigin;
import io.chronoscope.model.StreamInput.Chunk;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ChunkClockTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Duration TWO_SECONDS = Duration.ofSeconds(2);

  private final ChunkClock clock = new ChunkClock(0, Optional.empty());

  private static Chunk bare(Instant recordTime) {
    return new Chunk(
        "s",
        new ChunkOrigin("t", 0, 0),
        Optional.empty(),
        recordTime,
        OptionalLong.empty(),
        Optional.empty(),
        ByteBuffer.allocate(0));
  }

  private Placement take(Chunk chunk) {
    Placement placement = clock.place(chunk);
    clock.took(placement, TWO_SECONDS);
    return placement;
  }

  @Test
  void countsBareRecordsAndJoinsThemWhenTheyAreWrittenFasterThanTheyPlay() {
    assertThat(take(bare(NOON))).isEqualTo(new Placement(0, NOON));
    assertThat(take(bare(NOON.plusMillis(5)))).isEqualTo(new Placement(1, NOON.plusSeconds(2)));
    assertThat(take(bare(NOON.plusMillis(9)))).isEqualTo(new Placement(2, NOON.plusSeconds(4)));
  }

  @Test
  void joinsBareRecordsOfALiveProducerWhoseClockWavers() {
    take(bare(NOON));
    assertThat(take(bare(NOON.plusMillis(2_400))).start()).isEqualTo(NOON.plusSeconds(2));
  }

  @Test
  void believesARecordsTimeWhenTimeWasLost() {
    take(bare(NOON));
    assertThat(take(bare(NOON.plusSeconds(60))).start()).isEqualTo(NOON.plusSeconds(60));
  }

  @Test
  void believesTheProducer() {
    Chunk stated =
        new Chunk(
            "s",
            new ChunkOrigin("t", 0, 0),
            Optional.of(NOON.plusSeconds(7)),
            NOON,
            OptionalLong.of(41),
            Optional.of(TWO_SECONDS),
            ByteBuffer.allocate(0));
    assertThat(take(stated)).isEqualTo(new Placement(41, NOON.plusSeconds(7)));
    assertThat(take(bare(NOON))).isEqualTo(new Placement(42, NOON.plusSeconds(9)));
  }

  @Test
  void placesAChunkThatIsReadAgainAsBefore() {
    Placement first = take(bare(NOON));
    Placement second = take(bare(NOON.plusMillis(5)));
    ChunkClock again = new ChunkClock(second.sequence(), Optional.of(second.start()));
    assertThat(again.place(bare(NOON.plusMillis(5)))).isEqualTo(second);
    assertThat(first.sequence()).isZero();
  }
}
