package io.chronoscope.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.decode.MediaDecoder.FrameSink;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Picture;
import io.chronoscope.domain.SampledFrame;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FrameSamplerTest {

  private static final long ANCHOR = 1_760_000_000_000_000L;

  private final List<SampledFrame> sampled = new ArrayList<>();
  // Shared by all pictures, so that a leak shows.
  private final Picture pixels = Picture.allocate(64, 64);

  @AfterEach
  void closeFrames() {
    sampled.forEach(frame -> frame.picture().close());
    // Nothing else may still hold pixels.
    pixels.close();
    assertThat(pixels.isHeld()).isFalse();
  }

  @Test
  void samplesTheFrameDisplayedAtEachGridTime() {
    FrameSampler sampler = sampler(2);
    show(sampler, ANCHOR, 0, 400_000, 900_000, 1_400_000);
    assertThat(times()).containsExactly(0L, 400_000L, 900_000L);
    assertThat(grid()).containsExactly(0L, 500_000L, 1_000_000L);
  }

  @Test
  void chunkBordersDoNotShiftSamples() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 60; round++) {
      double fps = List.of(0.7, 1.0, 2.0, 3.0, 4.0, 8.0, 29.97).get(random.nextInt(7));
      double videoFps = List.of(5.0, 12.5, 24.0, 29.97, 60.0).get(random.nextInt(5));
      long jitter = random.nextBoolean() ? 0 : (long) (4e5 / videoFps);
      long[] borders = new long[100 + random.nextInt(200)];
      for (int i = 0; i < borders.length; i++) {
        borders[i] =
            Math.round(i * 1e6 / videoFps)
                + (jitter == 0 || i == 0 ? 0 : random.nextLong(-jitter, jitter));
      }
      List<List<Long>> whole = samples(fps, borders, List.of(0));
      List<Integer> cuts = new ArrayList<>(List.of(0));
      for (int i = 1; i < borders.length - 2; i++) {
        if (random.nextInt(12) == 0) {
          cuts.add(i);
        }
      }
      assertThat(samples(fps, borders, cuts))
          .as("seed %d round %d, %s fps of %s, cuts %s", seed, round, fps, videoFps, cuts)
          .isEqualTo(whole);
    }
  }

  @Test
  void roundedChunkTimesDoNotShiftSamples() {
    // 30 fps in chunks of 100 frames, whose starts are rounded to milliseconds, as in an envelope.
    long[] borders = new long[901];
    for (int i = 0; i < borders.length; i++) {
      borders[i] = Math.round(i * 1e6 / 30);
    }
    List<Long> whole = samples(4, borders, List.of(0)).get(0);
    FrameSampler sampler = sampler(4);
    for (int start = 0; start < 900; start += 100) {
      long startMicros = Math.round(borders[start] / 1000.0) * 1000;
      long[] chunk = new long[101];
      for (int i = 0; i <= 100; i++) {
        chunk[i] = borders[start + i] - borders[start];
      }
      show(sampler, ANCHOR + startMicros, chunk);
    }
    assertThat(grid()).isEqualTo(whole);
    for (SampledFrame frame : sampled) {
      // 250 ms are 7.5 frames: the frame started at the grid time or half a frame before.
      assertThat(frame.gridMicros() - frame.timeMicros()).isBetween(-1_000L, 17_700L);
    }
  }

  @Test
  void samplesNothingInAGap() {
    FrameSampler sampler = sampler(2);
    show(sampler, ANCHOR, 0, 250_000, 500_000);
    show(sampler, ANCHOR + 1_700_000, 0, 400_000, 800_000);
    assertThat(grid()).containsExactly(0L, 2_000_000L);
  }

  @Test
  void skipsADuplicatedOrOverlappingChunk() {
    FrameSampler sampler = sampler(2);
    show(sampler, ANCHOR, 0, 500_000, 1_000_000);
    show(sampler, ANCHOR, 0, 500_000, 1_000_000);
    show(sampler, ANCHOR + 500_000, 0, 500_000, 1_000_000);
    assertThat(grid()).containsExactly(0L, 500_000L, 1_000_000L);
    assertThat(sampler.position()).isEqualTo(new FrameSampler.Position(3, ANCHOR + 1_500_000));
  }

  @Test
  void samplesALongFrameForEachGridTimeAndSharesItsPixels() {
    FrameSampler sampler = sampler(4);
    show(sampler, ANCHOR, 0, 1_000_000, 1_100_000);
    assertThat(grid()).containsExactly(0L, 250_000L, 500_000L, 750_000L, 1_000_000L);
    assertThat(times()).containsExactly(0L, 0L, 0L, 0L, 1_000_000L);
    assertThat(sampled.get(3).picture().rgb().address())
        .isEqualTo(sampled.get(0).picture().rgb().address());
    assertThat(ActivityMeter.changes(sampled)).containsExactly(0.0, 0.0, 0.0, 0.0, 0.0);
    // Pixel memory is reused, so its first content is whatever was there before.
    sampled.get(0).picture().rgb().set(ValueLayout.JAVA_BYTE, 0, (byte) 7);
    sampled.get(0).picture().close();
    assertThat(sampled.get(1).picture().rgb().get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 7);
    assertThatThrownBy(() -> sampled.get(0).picture().share()).hasMessageContaining("closed");
  }

  @Test
  void skipsGridTimesBeforeTheResumedStream() {
    FrameSampler sampler = sampler(2);
    sampler.skipBefore(ANCHOR + 900_000);
    show(sampler, ANCHOR, 0, 500_000, 1_000_000, 1_500_000);
    assertThat(grid()).containsExactly(1_000_000L);
  }

  @Test
  void resumesExactlyAtThePositionOfAnother() {
    FrameSampler before = sampler(2);
    show(before, ANCHOR, 0, 500_000, 996_000);
    FrameSampler.Position there = before.position();
    // The next chunk starts four milliseconds late, which counts as rounding because it adjoins.
    show(before, ANCHOR + 1_000_000, 0, 500_000);
    assertThat(grid()).containsExactly(0L, 500_000L, 1_000_000L);
    FrameSampler resumed = sampler(2);
    resumed.resumeAt(there);
    show(resumed, ANCHOR + 1_000_000, 0, 500_000);
    assertThat(grid()).containsExactly(0L, 500_000L, 1_000_000L, 1_000_000L);
    assertThat(resumed.position()).isEqualTo(before.position());
  }

  @Test
  void resizesEachSampledFrameOnceAndClosesTheNativeOne() {
    AtomicInteger resized = new AtomicInteger();
    FrameSampler sampler =
        new FrameSampler(
            SampleGrid.of(ANCHOR, 2),
            picture -> {
              resized.incrementAndGet();
              return Picture.allocate(picture.widthPx() / 2, picture.heightPx() / 2);
            });
    show(sampler, ANCHOR, 0, 100_000, 600_000);
    assertThat(resized).hasValue(2);
    assertThat(sampled).allMatch(frame -> frame.picture().widthPx() == 32);
  }

  @Test
  void closesTheNativeFrameWhenItCannotBeResized() {
    FrameSampler sampler =
        new FrameSampler(
            SampleGrid.of(ANCHOR, 2),
            picture -> {
              throw new IllegalArgumentException("aspect ratio 300");
            });
    FrameSink sink = sampler.sinkForChunk(ANCHOR, origin(), 0, 1, sampled);
    assertThatThrownBy(() -> sink.frame(0, 40_000, pixels.share()))
        .hasMessageContaining("aspect ratio");
  }

  private FrameSampler sampler(double fps) {
    return new FrameSampler(SampleGrid.of(ANCHOR, fps), picture -> picture);
  }

  /// Grid times and frame times of the samples when the video is cut at the frames `cuts`.
  private List<List<Long>> samples(double fps, long[] borders, List<Integer> cuts) {
    FrameSampler sampler = sampler(fps);
    for (int i = 0; i < cuts.size(); i++) {
      int from = cuts.get(i);
      int to = i + 1 < cuts.size() ? cuts.get(i + 1) : borders.length - 1;
      long[] chunk = new long[to - from + 1];
      for (int j = 0; j < chunk.length; j++) {
        chunk[j] = borders[from + j] - borders[from];
      }
      show(sampler, ANCHOR + borders[from], chunk);
    }
    List<List<Long>> result = List.of(grid(), times());
    sampled.forEach(frame -> frame.picture().close());
    sampled.clear();
    return result;
  }

  /// Feeds a chunk whose frames start at `borders`; the last border is the end of the last frame.
  private void show(FrameSampler sampler, long startMicros, long... borders) {
    FrameSink sink = sampler.sinkForChunk(startMicros, origin(), 0, 1, sampled);
    for (int i = 0; i + 1 < borders.length; i++) {
      if (sink.wants(borders[i], borders[i + 1])) {
        sink.frame(borders[i], borders[i + 1], pixels.share());
      }
    }
  }

  private List<Long> grid() {
    return sampled.stream().map(frame -> frame.gridMicros() - ANCHOR).toList();
  }

  private List<Long> times() {
    return sampled.stream().map(frame -> frame.timeMicros() - ANCHOR).toList();
  }

  private static ChunkOrigin origin() {
    return new ChunkOrigin("video.chunks", 0, 0);
  }
}
