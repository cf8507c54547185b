package io.chronoscope.analysis.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.analysis.OrderingLimits;
import io.chronoscope.analysis.stream.ChunkOrder.Move;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Result.Gap.Cause;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.StreamInput.Media;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// Chunks are two seconds long; the allowed lateness is ten.
class ChunkOrderTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Duration TWO_SECONDS = Duration.ofSeconds(2);

  private ChunkOrder order = new ChunkOrder(new OrderingLimits(Duration.ofSeconds(10), 1000));

  /// Sequence numbers of decoded chunks; cause and seconds of gaps.
  private final List<String> moves = new ArrayList<>();

  private final List<DetectedGap> gaps = new ArrayList<>();
  private long offset;

  private Chunk chunk(long number, double start) {
    return chunk(number, start, false);
  }

  private Chunk redriven(long number, double start) {
    return chunk(number, start, true);
  }

  private Chunk chunk(long number, double start, boolean redriven) {
    return new Chunk(
        "s",
        new ChunkOrigin("t", 0, offset++),
        Optional.of(at(start)),
        NOON,
        OptionalLong.of(number),
        Optional.of(TWO_SECONDS),
        new Media.Inline(ByteBuffer.allocate(100)),
        redriven);
  }

  private static Instant at(double seconds) {
    return NOON.plusMillis(Math.round(seconds * 1000));
  }

  /// A record without headers.
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

  private Arrival offer(long number, double start) {
    return offer(chunk(number, start));
  }

  private Arrival offer(Chunk chunk) {
    Arrival arrival = add(order.place(chunk));
    for (Optional<Move> next = order.next(); next.isPresent(); next = order.next()) {
      apply(next.get());
    }
    return arrival;
  }

  private Arrival add(PlacedChunk placed) {
    return order.add(
        placed,
        (from, until) ->
            gaps.stream().anyMatch(gap -> from.isBefore(gap.until()) && until.isAfter(gap.from())));
  }

  private void apply(Move move) {
    switch (move) {
      case Move.Decode(PlacedChunk chunk) -> {
        moves.add("" + chunk.sequence());
        order.advance(chunk, chunk.start().plus(TWO_SECONDS));
      }
      case Move.SkipGap(DetectedGap gap) -> {
        moves.add(gap.cause() + " " + seconds(gap.from()) + "-" + seconds(gap.until()));
        gaps.add(gap);
        order.advance(gap);
      }
    }
  }

  private static long seconds(Instant instant) {
    return Duration.between(NOON, instant).toSeconds();
  }

  @Nested
  class Buffering {

    @Test
    void passesOnChunksThatAreInOrder() {
      for (int i = 0; i < 3; i++) {
        offer(i, 2 * i);
        assertThat(moves).hasSize(i + 1);
      }
    }

    @Test
    void waitsForAMissingChunk() {
      offer(0, 0);
      offer(2, 4);
      offer(3, 6);
      assertThat(moves).containsExactly("0");
      offer(1, 2);
      assertThat(moves).containsExactly("0", "1", "2", "3");
    }

    @Test
    void waitsForTheFirstChunkOfAStream() {
      offer(1, 2);
      offer(0, 0);
      assertThat(moves).containsExactly("0", "1");
    }

    @Test
    void startsWithAnyChunkWhenNoEarlierOneArrives() {
      for (int i = 41; i < 47; i++) {
        offer(i, 2 * i);
      }
      assertThat(moves).startsWith("41").hasSize(6);
    }

    @Test
    void stopsWaitingAfterTheAllowedLateness() {
      offer(0, 0);
      for (int i = 2; i < 6; i++) {
        offer(i, 2 * i);
        assertThat(moves).containsExactly("0");
      }
      offer(6, 12);
      assertThat(moves).containsExactly("0", "MISSING 2-4", "2", "3", "4", "5", "6");
    }

    @Test
    void stopsWaitingWhenTooManyBytesAreBuffered() {
      order = new ChunkOrder(new OrderingLimits(Duration.ofHours(1), 250));
      offer(0, 0);
      offer(2, 4);
      offer(3, 6);
      assertThat(moves).containsExactly("0");
      offer(4, 8);
      assertThat(moves).containsExactly("0", "MISSING 2-4", "2", "3", "4");
    }

    /// The stream's state lists each of them, and must not outgrow a record.
    @Test
    void stopsWaitingWhenTooManyChunksAreBuffered() {
      order = new ChunkOrder(new OrderingLimits(Duration.ofSeconds(10), 1L << 30));
      offer(0, 0);
      for (int i = 0; i < ChunkOrder.MAX_BUFFERED_CHUNKS; i++) {
        offer(2 + i, 3 + i / 1000.0);
      }
      assertThat(moves).containsExactly("0");
      offer(2 + ChunkOrder.MAX_BUFFERED_CHUNKS, 4);
      assertThat(moves)
          .hasSize(2 + ChunkOrder.MAX_BUFFERED_CHUNKS + 1)
          .startsWith("0", "MISSING 2-3", "2");
    }

    @Test
    void drainsWithoutWaiting() {
      offer(0, 0);
      offer(2, 4);
      for (Optional<Move> next = order.drain(); next.isPresent(); next = order.drain()) {
        apply(next.get());
      }
      assertThat(moves).containsExactly("0", "MISSING 2-4", "2");
    }
  }

  @Nested
  class Arrivals {

    @Test
    void areLateBeyondTheAllowedLateness() {
      offer(0, 0);
      for (int i = 2; i < 7; i++) {
        offer(i, 2 * i);
      }
      assertThat(offer(1, 2))
          .isInstanceOfSatisfying(
              Arrival.Late.class,
              late ->
                  assertThat(late.detail())
                      .startsWith("it starts at 2026-01-01T12:00:02Z, ")
                      .containsPattern(" [1-9][0-9]*\\.000 s before the watermark at "));
    }

    @Test
    void areDuplicatesOfWhatArrivedBefore() {
      offer(0, 0);
      offer(1, 2);
      assertThat(offer(1, 2)).isInstanceOf(Arrival.Duplicate.class);
      offer(3, 6);
      assertThat(offer(3, 6)).isInstanceOf(Arrival.Duplicate.class);
      for (int i = 4; i < 20; i++) {
        offer(i, 2 * i);
      }
      assertThat(offer(1, 2)).isInstanceOf(Arrival.Duplicate.class);
    }

    @Test
    void areBufferedWhenTheyOverlapInPart() {
      offer(0, 0);
      offer(1, 1);
      assertThat(moves).containsExactly("0", "1");
      assertThat(order.watermark()).contains(at(3));
    }

    @Test
    void showThatTheClockWasSetBack() {
      for (int i = 0; i < 20; i++) {
        offer(i, 2 * i);
      }
      assertThat(offer(20, 10)).isInstanceOf(Arrival.ClockSetBack.class);
      assertThat(offer(20, 39)).isInstanceOf(Arrival.Buffered.class);
    }

    @Test
    void fillAGapWhenTheyAreRedriven() {
      offer(0, 0);
      for (int i = 2; i < 9; i++) {
        offer(i, 2 * i);
      }
      assertThat(offer(redriven(1, 2))).isInstanceOf(Arrival.FillsGap.class);
      assertThat(offer(redriven(2, 4))).isInstanceOf(Arrival.Duplicate.class);
      assertThat(offer(redriven(9, 18))).isInstanceOf(Arrival.Buffered.class);
      assertThat(offer(redriven(99, 900))).isInstanceOf(Arrival.Late.class);
    }
  }

  @Nested
  class Gaps {

    @Test
    void areFromTheClockOrFromMissingChunks() {
      offer(0, 0);
      offer(1, 3600);
      assertThat(moves).containsExactly("0", "CLOCK 2-3600", "1");
      offer(3, 3700);
      assertThat(moves).endsWith("MISSING 3602-3700", "3");
    }

    @Test
    void coverWhatCannotBeRead() {
      offer(0, 0);
      add(order.place(chunk(1, 2)));
      Move.Decode decode = (Move.Decode) order.next().orElseThrow();
      assertThat(order.discard(decode.chunk()).orElseThrow().cause()).isEqualTo(Cause.UNREADABLE);
      offer(2, 4);
      assertThat(moves).containsExactly("0", "2");
    }
  }

  @Nested
  class BareRecords {

    @Test
    void areNumberedAndJoinedWhenTheyAreWrittenFasterThanTheyPlay() {
      offer(bare(NOON));
      offer(bare(NOON.plusMillis(5)));
      offer(bare(NOON.plusMillis(9)));
      assertThat(moves).containsExactly("0", "1", "2");
      assertThat(order.watermark()).contains(at(6));
    }

    @Test
    void areJoinedWithinTheJitterOfALiveProducer() {
      offer(bare(NOON));
      assertThat(order.place(bare(NOON.plusMillis(2_400))).start()).isEqualTo(at(2));
    }

    @Test
    void leaveAGapWhenTimeWasLost() {
      offer(bare(NOON));
      offer(bare(NOON.plusSeconds(60)));
      assertThat(moves).containsExactly("0", "MISSING 2-60", "1");
    }

    @Test
    void continueTheDeclaredNumbersAndTimes() {
      for (int i = 36; i < 42; i++) {
        offer(i, 2 * i);
      }
      PlacedChunk next = order.place(bare(NOON));
      assertThat(next.sequence()).isEqualTo(42);
      assertThat(next.start()).isEqualTo(at(84));
    }
  }
}
