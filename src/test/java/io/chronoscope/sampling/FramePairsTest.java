package io.chronoscope.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Picture;
import io.chronoscope.domain.SampledFrame;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FramePairsTest {

  private static final long START = 1_760_000_000_000_000L;
  private final Picture picture = Picture.allocate(1, 1);

  @AfterEach
  void close() {
    picture.close();
  }

  @Test
  void pairsNeighborsWithTimesRelativeToTheFirstFrame() {
    FramePairs pairs = pairs(0, 500, 1000, 1500);
    assertThat(pairs.pairs()).extracting(FramePairs.Pair::seconds).containsExactly(0.0, 1.0);
    assertThat(pairs.pairs().get(1).second().gridMicros()).isEqualTo(START + 1_500_000);
  }

  @Test
  void pairsTheLastFrameOfAnOddCountWithItself() {
    List<FramePairs.Pair> pairs = pairs(0, 500, 1250).pairs();
    assertThat(pairs).hasSize(2);
    assertThat(pairs.getLast().first()).isSameAs(pairs.getLast().second());
    assertThat(pairs.getLast().seconds()).isEqualTo(1.25);
  }

  @Test
  void toleranceIsTheIntervalAroundTheBoundary() {
    FramePairs pairs = pairs(1000, 1500, 3500, 4000);
    assertThat(tolerance(pairs, 1200)).isEqualTo(500);
    assertThat(tolerance(pairs, 2000)).isEqualTo(2000);
    assertThat(tolerance(pairs, 1500)).isEqualTo(2000);
    assertThat(tolerance(pairs, 3500)).isEqualTo(2000);
    assertThat(tolerance(pairs, 4000)).isEqualTo(500);
    assertThat(tolerance(pairs, 1000)).isEqualTo(500);
  }

  @Test
  void toleranceOutsideTheFramesIsTheDistanceToTheNearest() {
    FramePairs pairs = pairs(1000, 1500, 3500, 4000);
    assertThat(tolerance(pairs, 0)).isEqualTo(1000);
    assertThat(tolerance(pairs, 900)).isEqualTo(500);
    assertThat(tolerance(pairs, 5000)).isEqualTo(1000);
    assertThat(tolerance(pairs, 4100)).isEqualTo(500);
    assertThat(tolerance(pairs(1000), 1300)).isEqualTo(300);
    assertThat(tolerance(pairs(1000), 1000)).isZero();
  }

  @Test
  void rejectsFramesOutOfOrder() {
    assertThatThrownBy(() -> pairs(500, 500)).hasMessageContaining("frame 1");
    assertThatThrownBy(FramePairsTest.this::pairs).hasMessageContaining("no frames");
  }

  private static long tolerance(FramePairs pairs, long ms) {
    return pairs.times().toleranceMicrosAt(START + 1000 * ms) / 1000;
  }

  private FramePairs pairs(long... ms) {
    return new FramePairs(
        Arrays.stream(ms)
            .map(t -> START + 1000 * t)
            .mapToObj(t ->
                new SampledFrame(t, t, 0, picture, new ChunkOrigin("t", 0, 0), new FrameSize(1, 1)))
            .toList());
  }
}
