package io.chronoscope.analysis.stream;

import static io.chronoscope.analysis.stream.LampChunks.at;
import static io.chronoscope.analysis.stream.LampChunks.chunk;
import static io.chronoscope.analysis.stream.StreamFixture.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.analysis.StreamPosition;
import io.chronoscope.analysis.StreamPosition.NeededRecord;
import io.chronoscope.analysis.WindowPlan;
import io.chronoscope.analysis.window.ChunkReader;
import io.chronoscope.domain.SampledFrame;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.sampling.FrameSampler;
import io.chronoscope.shedding.DetailLevel;
import io.chronoscope.testing.LampModel;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Chunks are two seconds long and sampled at 2 fps.
class FrameBufferTest {

  private static final long SECOND = 1_000_000;

  private final StreamFixture fixture = new StreamFixture();
  private final FrameBuffer frames = buffer(StreamPosition.SAMPLER_START);

  @AfterEach
  void close() {
    frames.close();
    fixture.close();
  }

  private FrameBuffer buffer(FrameSampler.Position position) {
    StreamClock clock = new StreamClock(NOON);
    ChunkReader reader =
        new ChunkReader(
            fixture.tools().window(),
            LampModel.settings(
                new WindowPlan(Duration.ofSeconds(10), Duration.ZERO), Duration.ofMinutes(10)),
            clock.startEpochMicros());
    return new FrameBuffer(reader, clock, position);
  }

  private void append(int number) throws Exception {
    PlacedChunk placed = placed(chunk(number, number));
    frames.append(placed, frames.decode(placed, DetailLevel.FULL), at(2 * number + 2));
  }

  private static PlacedChunk placed(Chunk chunk) {
    return new PlacedChunk(
        chunk, chunk.sequence().getAsLong(), chunk.declaredStart().orElseThrow());
  }

  private static List<Long> times(FrameBuffer buffer) {
    return buffer.between(0, 60 * SECOND).stream().map(buffer::timeOf).toList();
  }

  @Test
  void returnsTheFramesOfARange() throws Exception {
    append(0);
    append(1);
    assertThat(times(frames))
        .containsExactly(
            0L,
            SECOND / 2,
            SECOND,
            3 * SECOND / 2,
            2 * SECOND,
            5 * SECOND / 2,
            3 * SECOND,
            7 * SECOND / 2);
    assertThat(frames.between(SECOND, 2 * SECOND)).hasSize(2);
    assertThat(frames.firstAtOrAfter(1_600_000)).hasValue(2 * SECOND);
    assertThat(frames.latest()).hasValue(7 * SECOND / 2);
  }

  @Test
  void closesWhatItEvictsAndForgetsChunksWithoutFrames() throws Exception {
    append(0);
    append(1);
    List<SampledFrame> all = frames.between(0, 4 * SECOND);
    frames.evictBefore(3 * SECOND);
    assertThat(all.subList(0, 6)).noneMatch(frame -> frame.picture().isHeld());
    assertThat(all.subList(6, 8)).allMatch(frame -> frame.picture().isHeld());
    assertThat(frames.chunksEndingAfter(0)).extracting(NeededRecord::sequence).containsExactly(1L);
    frames.close();
    assertThat(all).noneMatch(frame -> frame.picture().isHeld());
  }

  @Test
  void keepsNothingOfAChunkThatCannotBeRead() throws Exception {
    append(0);
    FrameSampler.Position before = frames.samplerPosition();
    PlacedChunk garbage = placed(LampChunks.withMedia(chunk(1, 1), LampChunks.garbage()));
    assertThatThrownBy(() -> frames.decode(garbage, DetailLevel.FULL))
        .isInstanceOf(UnreadableMediaException.class);
    assertThat(frames.samplerPosition()).isEqualTo(before);
    assertThat(times(frames)).hasSize(4);
  }

  @Test
  void replaysTheSameFramesWithoutMovingTheSampler() throws Exception {
    append(0);
    append(1);
    frames.evictBefore(SECOND);
    List<NeededRecord> needed = frames.chunksEndingAfter(SECOND);
    try (FrameBuffer resumed = buffer(frames.samplerPosition())) {
      for (NeededRecord record : needed) {
        resumed.replay(chunk(record.offset(), (int) record.sequence()), record);
      }
      resumed.evictBefore(SECOND);
      assertThat(times(resumed)).isEqualTo(times(frames));
      assertThat(resumed.chunksEndingAfter(SECOND)).isEqualTo(needed);
      assertThat(resumed.samplerPosition()).isEqualTo(frames.samplerPosition());
    }
  }
}
