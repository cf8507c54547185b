package io.chronoscope.analysis.window;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.batching.BatchedModel;
import io.chronoscope.batching.Priority;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Picture;
import io.chronoscope.domain.SampledFrame;
import io.chronoscope.domain.Sampling;
import io.chronoscope.sampling.FramePairs;
import io.chronoscope.testing.BatchedModels;
import io.chronoscope.testing.LampModel;
import io.chronoscope.testing.LampVideo;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EmbeddingCacheTest {

  private static final FrameSize SIZE = new FrameSize(LampVideo.SIZE, LampVideo.SIZE);
  private static final long PAIR_BYTES = 4L * 2 * LampVideo.LAMPS;

  private final LampModel model = new LampModel();
  private final BatchedModel batched = BatchedModels.of(model);
  private final EmbeddingCache cache = new EmbeddingCache(batched, 10 * PAIR_BYTES);
  private final List<Picture> pictures = new ArrayList<>();

  @AfterEach
  void close() {
    batched.close();
    pictures.forEach(Picture::close);
  }

  private FramePairs frames(long chunk, int from, int until) {
    List<SampledFrame> frames = new ArrayList<>();
    for (int i = from; i < until; i++) {
      Picture picture = Picture.allocate(SIZE.widthPx(), SIZE.heightPx());
      picture.rgb().fill((byte) 0);
      pictures.add(picture);
      frames.add(
          new SampledFrame(
              i * 500_000L, i * 500_000L, 0, picture, new ChunkOrigin("video.chunks", 0, chunk)));
    }
    return new FramePairs(frames);
  }

  private EmbeddingCache.Encoded encode(String stream, FramePairs frames) {
    return cache.encode(stream, frames.pairs(), SIZE, Priority.LIVE);
  }

  private EncodedWindow window(String stream, long number, FramePairs frames) {
    List<Long> micros = frames.times().micros();
    return new EncodedWindow(
        stream,
        0,
        new SeenSpan(
            number, micros.getFirst(), micros.getLast(), micros.getLast() + 500_000, 500_000),
        new Sampling(micros.size(), 2, "target", 1, SIZE.widthPx(), SIZE.heightPx()),
        frames.times(),
        frames.frames().stream().map(SampledFrame::origin).toList(),
        encode(stream, frames).pairs());
  }

  @Test
  void encodesSharedPairsOnce() {
    encode("cam", frames(0, 0, 8));
    assertThat(model.encodedPairs).hasValue(4);

    EmbeddingCache.Encoded again = encode("cam", frames(0, 4, 10));

    assertThat(again.reused()).isEqualTo(2);
    assertThat(again.pairs()).hasSize(3);
    assertThat(model.encodedPairs).hasValue(5);
  }

  @Test
  void keepsStreamsAndChunksApart() {
    encode("cam", frames(0, 0, 4));

    assertThat(encode("other", frames(0, 0, 4)).reused()).isZero();
    assertThat(encode("cam", frames(1, 0, 4)).reused()).isZero();
  }

  @Test
  void evictsTheLeastRecentlyUsedBeyondItsMaximum() {
    encode("old", frames(0, 0, 8));
    encode("cam", frames(0, 0, 8));
    encode("old", frames(0, 0, 8));
    encode("new", frames(0, 0, 8));

    assertThat(cache.bytes()).isLessThanOrEqualTo(10 * PAIR_BYTES);
    assertThat(encode("old", frames(0, 0, 8)).reused()).isEqualTo(4);
    assertThat(encode("cam", frames(0, 0, 8)).reused()).isLessThan(4);
  }

  @Test
  void recallsAWindowWhileAllItsPairsAreCached() {
    EncodedWindow window = window("cam", 3, frames(0, 0, 7));
    cache.remember(window);

    assertThat(cache.recall("cam", 0, 3)).contains(window);
    assertThat(cache.recall("cam", 0, 2)).isEmpty();
    assertThat(cache.startOf("cam", 5)).hasValue(0);
    assertThat(cache.startOf("cam", -1)).isEmpty();

    encode("other", frames(0, 0, 16));
    assertThat(cache.recall("cam", 0, 3)).isEmpty();
  }

  @Test
  void evictsWindowsWithoutPairs() {
    for (int i = 0; i < 100; i++) {
      cache.remember(window("cam", i, frames(0, i * 4, i * 4 + 4)));
    }

    assertThat(cache.windows()).isEqualTo(5);
    assertThat(cache.recall("cam", 0, 99)).isPresent();
    assertThat(cache.startOf("cam", 5)).hasValue(0);
  }
}
