package io.chronoscope.analysis.window;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.analysis.window.EventAnswer.ParsedBox;
import io.chronoscope.analysis.window.EventAnswer.ParsedEvent;
import io.chronoscope.domain.Box;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Sampling;
import io.chronoscope.sampling.FrameTimes;
import io.chronoscope.vlm.EncodedPair;
import java.nio.FloatBuffer;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class EncodedWindowTest {

  private static final ChunkOrigin CHUNK = new ChunkOrigin("video.chunks", 0, 0);

  /// Frames at 2 fps, each named by its number.
  private static EncodedWindow window(long... frames) {
    List<Long> micros = LongStream.of(frames).map(number -> number * 500_000).boxed().toList();
    List<EncodedPair> pairs =
        IntStream.range(0, (frames.length + 1) / 2)
            .mapToObj(i -> new EncodedPair(1, 1, FloatBuffer.wrap(new float[] {i, i})))
            .toList();
    return new EncodedWindow(
        "cam",
        0,
        new SeenSpan(0, micros.getFirst(), micros.getLast(), micros.getLast() + 500_000, 500_000),
        new Sampling(frames.length, 2, "target", 1, 112, 84),
        new FrameTimes(micros),
        OptionalDouble.empty(),
        Collections.nCopies(frames.length, CHUNK),
        Collections.nCopies(frames.length, new FrameSize(224, 168)),
        pairs);
  }

  @Test
  void cutsOutWholePairs() {
    EncodedWindow whole = window(0, 1, 2, 3, 4, 5, 6);

    EncodedWindow part = whole.within(1_500_000, 2_000_001).orElseThrow();

    assertThat(part.times())
        .isEqualTo(new FrameTimes(List.of(1_000_000L, 1_500_000L, 2_000_000L, 2_500_000L)));
    assertThat(part.pairs()).isEqualTo(whole.pairs().subList(1, 3));
    assertThat(part.span()).isEqualTo(new SeenSpan(0, 1_000_000, 2_500_000, 3_000_000, 500_000));
    assertThat(part.sampling().framesSeen()).isEqualTo(4);
    assertThat(whole.within(3_000_000, 9_000_000).orElseThrow().times().micros())
        .containsExactly(3_000_000L);
    assertThat(whole.within(0, 9_000_000)).contains(whole);
    assertThat(whole.within(3_000_001, 9_000_000)).isEmpty();
  }

  /// The model was shown 112x84 pixels of 224x168.
  @Test
  void placesBoxesInThePixelsOfTheVideo() {
    EncodedWindow window = window(10, 11, 12, 13);
    ParsedEvent event =
        new ParsedEvent(
            500_000,
            1_500_000,
            "x",
            false,
            Optional.empty(),
            List.of(
                new ParsedBox(500_000, 10, 20, 50.2, 80),
                new ParsedBox(1_000_000, -5, 60, 200, 90),
                new ParsedBox(1_500_000, 120, 10, 130, 20)));

    assertThat(window.sighting(event).boxes())
        .containsExactly(
            new Box(Instant.EPOCH.plusMillis(5500), 5500, 20, 40, 81, 120),
            new Box(Instant.EPOCH.plusMillis(6000), 6000, 0, 120, 224, 48));
  }

  @Test
  void knowsWhetherFramesAreMissing() {
    assertThat(window(0, 1, 2, 3).isGapless()).isTrue();
    assertThat(window(0, 1, 2, 3, 7, 8).isGapless()).isFalse();
  }
}
