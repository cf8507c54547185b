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
import io.chronoscope.sampling.PictureComparison;
import io.chronoscope.testing.BatchedModels;
import io.chronoscope.testing.LampModel;
import io.chronoscope.testing.LampVideo;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EmbeddingCacheTest {

  private static final FrameSize SIZE = new FrameSize(LampVideo.SIZE, LampVideo.SIZE);
  private static final long PAIR_BYTES = 4L * 2 * LampVideo.LAMPS;

  private final LampModel model = new LampModel();
  private final BatchedModel batched = BatchedModels.of(model);
  private final EmbeddingCache cache =
      new EmbeddingCache(batched, 10 * PAIR_BYTES, PictureComparison.EXACT);
  private final List<Picture> pictures = new ArrayList<>();

  @AfterEach
  void close() {
    batched.close();
    pictures.forEach(Picture::close);
  }

  /// Frames that all differ.
  private FramePairs frames(long chunk, int from, int until) {
    return frames(chunk, from, until, frame -> frame);
  }

  /// @param brightness by frame
  private FramePairs frames(long chunk, int from, int until, IntUnaryOperator brightness) {
    List<SampledFrame> frames = new ArrayList<>();
    for (int i = from; i < until; i++) {
      Picture picture = Picture.allocate(SIZE.widthPx(), SIZE.heightPx());
      picture.rgb().fill((byte) brightness.applyAsInt(i));
      pictures.add(picture);
      frames.add(
          new SampledFrame(
              i * 500_000L,
              i * 500_000L,
              0,
              picture,
              new ChunkOrigin("video.chunks", 0, chunk),
              SIZE));
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
        OptionalDouble.empty(),
        frames.frames().stream().map(SampledFrame::origin).toList(),
        frames.frames().stream().map(SampledFrame::originalSize).toList(),
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
  void encodesPairsWithTheSamePicturesOnce() {
    EmbeddingCache.Encoded still = encode("cam", frames(0, 0, 10, frame -> 7));
    assertThat(still.pairs()).hasSize(5);
    assertThat(still.unchanged()).isEqualTo(4);
    assertThat(still.pairs()).allMatch(pair -> pair == still.pairs().getFirst());
    assertThat(model.encodedPairs).hasValue(1);
    assertThat(cache.bytes()).as("counted once").isEqualTo(PAIR_BYTES);

    // The next window overlaps, and the picture stays the same.
    EmbeddingCache.Encoded next = encode("cam", frames(0, 6, 16, frame -> 7));
    assertThat(next.reused()).isEqualTo(2);
    assertThat(next.unchanged()).isEqualTo(3);
    assertThat(model.encodedPairs).hasValue(1);
  }

  @Test
  void encodesPicturesThatComeBackOnce() {
    // As a still scene looks whose key frames differ a little from the frames between them.
    IntUnaryOperator pulsing = frame -> frame / 2 % 3 == 0 ? 7 : 8;
    EmbeddingCache.Encoded first = encode("cam", frames(0, 0, 12, pulsing));
    assertThat(first.unchanged()).isEqualTo(4);
    assertThat(model.encodedPairs).hasValue(2);

    // No overlap, and not in memory as pictures any more.
    EmbeddingCache.Encoded later = encode("cam", frames(1, 12, 24, pulsing));
    assertThat(later.unchanged()).isEqualTo(6);
    assertThat(model.encodedPairs).hasValue(2);
    for (int i = 0; i < 6; i++) {
      assertThat(later.pairs().get(i)).isSameAs(first.pairs().get(i));
    }
    assertThat(cache.bytes()).isEqualTo(2 * PAIR_BYTES);
  }

  @Test
  void forgetsPicturesWithTheirEmbeddings() {
    encode("cam", frames(0, 0, 2));
    encode("cam", frames(1, 100, 130)); // evicts the first
    assertThat(cache.bytes()).isEqualTo(10 * PAIR_BYTES);
    int before = model.encodedPairs.get();

    assertThat(encode("cam", frames(2, 0, 2)).unchanged()).isZero();
    assertThat(model.encodedPairs).hasValue(before + 1);
  }

  @Test
  void encodesAPairAgainWhenOneValueOfItChanges() {
    FramePairs frames = frames(0, 0, 4, frame -> 7);
    frames.frames().get(3).picture().rgb().set(ValueLayout.JAVA_BYTE, 1000, (byte) 8);
    assertThat(encode("cam", frames).unchanged()).isZero();
    assertThat(model.encodedPairs).hasValue(2);
  }

  @Test
  void smallDifferencesDoNotAddUp() {
    EmbeddingCache near = new EmbeddingCache(batched, 100 * PAIR_BYTES, new PictureComparison(2));
    // Each pair is brighter than the one before by one.
    IntUnaryOperator rising = frame -> frame / 2;
    EmbeddingCache.Encoded first =
        near.encode("cam", frames(0, 0, 12, rising).pairs(), SIZE, Priority.LIVE);
    assertThat(first.unchanged()).isEqualTo(4);
    assertThat(model.encodedPairs).as("pairs 0 and 3").hasValue(2);

    // The overlap has no pair with embeddings of its own: the next one is compared with none.
    EmbeddingCache.Encoded next =
        near.encode("cam", frames(0, 8, 14, rising).pairs(), SIZE, Priority.LIVE);
    assertThat(next.reused()).isEqualTo(2);
    assertThat(model.encodedPairs).hasValue(3);
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
