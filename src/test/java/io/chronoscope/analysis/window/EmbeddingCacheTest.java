package io.chronoscope.analysis.window;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.batching.BatchLimits;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.batching.Priority;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Picture;
import io.chronoscope.domain.SampledFrame;
import io.chronoscope.domain.Sampling;
import io.chronoscope.sampling.FramePairs;
import io.chronoscope.sampling.FrameTimes;
import io.chronoscope.testing.LampModel;
import io.chronoscope.testing.LampVideo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EmbeddingCacheTest {

  private static final FrameSize SIZE = new FrameSize(LampVideo.SIZE, LampVideo.SIZE);
  private static final long PAIR_BYTES = 4L * 2 * LampVideo.LAMPS;

  private final LampModel model = new LampModel();
  private final BatchedModel batched =
      new BatchedModel(
          model,
          new BatchLimits(16, Duration.ZERO),
          new BatchLimits(4, Duration.ZERO),
          size -> {},
          size -> {});
  private final EmbeddingCache store = new EmbeddingCache(batched, 10 * PAIR_BYTES);
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
    return store.encode(stream, frames.pairs(), SIZE, Priority.LIVE);
  }

  private EncodedWindow view(String stream, long window, FramePairs frames) {
    List<Long> micros = frames.times().micros();
    return new EncodedWindow(
        stream,
        0,
        new SeenSpan(
            window, micros.getFirst(), micros.getLast(), micros.getLast() + 500_000, 500_000),
        new Sampling(micros.size(), 2, "target", 1, SIZE.widthPx(), SIZE.heightPx()),
        frames.times(),
        frames.frames().stream().map(SampledFrame::origin).toList(),
        encode(stream, frames).pairs());
  }

  @Test
  void encodesWhatIsSharedOnlyOnce() {
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
  void letsGoOfTheLongestUnusedBeyondItsBytes() {
    encode("old", frames(0, 0, 8));
    encode("cam", frames(0, 0, 8));
    encode("old", frames(0, 0, 8));
    encode("new", frames(0, 0, 8));

    assertThat(store.bytes()).isLessThanOrEqualTo(10 * PAIR_BYTES);
    assertThat(encode("old", frames(0, 0, 8)).reused()).isEqualTo(4);
    assertThat(encode("cam", frames(0, 0, 8)).reused()).isLessThan(4);
  }

  @Test
  void recallsAWindowAsLongAsAllOfItIsThere() {
    EncodedWindow seen = view("cam", 3, frames(0, 0, 7));
    store.remember(seen);

    assertThat(store.recall("cam", 0, 3)).contains(seen);
    assertThat(store.recall("cam", 0, 2)).isEmpty();
    assertThat(store.startOf("cam", 5)).hasValue(0);
    assertThat(store.startOf("cam", -1)).isEmpty();

    encode("other", frames(0, 0, 16));
    assertThat(store.recall("cam", 0, 3)).isEmpty();
  }

  @Test
  void remembersNoMoreWindowsThanItHasPairsOf() {
    for (int window = 0; window < 100; window++) {
      store.remember(view("cam", window, frames(0, window * 4, window * 4 + 4)));
    }

    assertThat(store.windows()).isEqualTo(5);
    assertThat(store.recall("cam", 0, 99)).isPresent();
    assertThat(store.startOf("cam", 5)).hasValue(0);
  }

  @Test
  void aPartOfAWindowIsWholePairs() {
    EncodedWindow seen = view("cam", 0, frames(0, 0, 7));

    EncodedWindow part = seen.within(1_500_000, 2_000_001).orElseThrow();

    assertThat(part.times())
        .isEqualTo(new FrameTimes(List.of(1_000_000L, 1_500_000L, 2_000_000L, 2_500_000L)));
    assertThat(part.pairs()).isEqualTo(seen.pairs().subList(1, 3));
    assertThat(part.span()).isEqualTo(new SeenSpan(0, 1_000_000, 2_500_000, 3_000_000, 500_000));
    assertThat(part.sampling().framesSeen()).isEqualTo(4);
    assertThat(seen.within(3_000_000, 9_000_000).orElseThrow().times().micros())
        .containsExactly(3_000_000L);
    assertThat(seen.within(0, 9_000_000)).contains(seen);
    assertThat(seen.within(3_000_001, 9_000_000)).isEmpty();
  }

  @Test
  void knowsWhereFramesAreMissing() {
    FramePairs whole = frames(0, 0, 4);
    List<SampledFrame> holed = new ArrayList<>(whole.frames());
    holed.addAll(frames(1, 7, 9).frames());

    assertThat(view("cam", 0, whole).isGapless()).isTrue();
    assertThat(view("cam", 0, new FramePairs(holed)).isGapless()).isFalse();
  }
}
