package io.chronoscope.qwen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.qwen.TokenPruning.PrunedPair;
import io.chronoscope.vlm.EncodedPair;
import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class TokenPruningTest {

  /// A pair of three tokens with two numbers each, given as directions in degrees.
  private static EncodedPair pair(double... degrees) {
    FloatBuffer rows = FloatBuffer.allocate(2 * degrees.length);
    for (double angle : degrees) {
      rows.put((float) (3 * Math.cos(Math.toRadians(angle))));
      rows.put((float) (3 * Math.sin(Math.toRadians(angle))));
    }
    return new EncodedPair(1, degrees.length, rows.flip());
  }

  private static float[] rows(PrunedPair pair) {
    float[] rows = new float[pair.rows().remaining()];
    pair.rows().duplicate().get(rows);
    return rows;
  }

  private static TokenPruning within(double degrees) {
    return new TokenPruning(Math.cos(Math.toRadians(degrees)));
  }

  @Test
  void keepsTheFirstPairAndWhatChangesAfterIt() {
    EncodedPair first = pair(0, 50, 100);
    EncodedPair second = pair(2, 80, 98);

    List<PrunedPair> pruned = within(5).prune(List.of(first, second));

    assertThat(pruned.get(0).kept()).containsExactly(0, 1, 2);
    assertThat(pruned.get(0).rows()).isSameAs(first.embeddings());
    assertThat(pruned.get(1).kept()).containsExactly(1);
    assertThat(rows(pruned.get(1)))
        .containsExactly(second.embeddings().get(2), second.embeddings().get(3));
  }

  @Test
  void aSlowChangeIsKeptOnceItIsLargeEnough() {
    List<EncodedPair> turning = List.of(pair(0), pair(2), pair(4), pair(6), pair(8), pair(12));
    assertThat(within(5).prune(turning).stream().map(PrunedPair::kept).map(kept -> kept.length))
        .containsExactly(1, 0, 0, 1, 0, 1);
  }

  @Test
  void aPairThatStandsForSeveralTimesIsKeptOnce() {
    EncodedPair still = pair(10, 20, 30);
    assertThat(new TokenPruning(1).prune(List.of(still, still, still)))
        .map(pair -> pair.kept().length)
        .containsExactly(3, 0, 0);
  }

  @Test
  void aVideoThatContinuesAnotherOneHasTheSameRows() {
    TokenPruning pruning = within(5);
    List<EncodedPair> longer = List.of(pair(0, 50), pair(1, 60), pair(30, 61), pair(31, 90));

    List<PrunedPair> early = pruning.prune(longer.subList(0, 3));
    List<PrunedPair> late = pruning.prune(longer);

    assertThat(late.subList(0, 3))
        .map(PrunedPair::rows)
        .isEqualTo(early.stream().map(PrunedPair::rows).toList());
    for (int i = 0; i < early.size(); i++) {
      assertThat(late.get(i).rows()).isSameAs(early.get(i).rows());
    }
  }

  @Test
  void aVideoThatBeginsWithinAnotherOneBeginsWhole() {
    TokenPruning pruning = within(5);
    List<EncodedPair> video = List.of(pair(0, 50), pair(1, 60), pair(2, 61));
    assertThat(pruning.prune(video).get(1).kept()).containsExactly(1);
    assertThat(pruning.prune(video.subList(1, 3)).getFirst().kept()).containsExactly(0, 1);
  }

  @Test
  void rejectsWhatIsNoSimilarity() {
    for (double similarity : new double[] {0, -0.5, 1.01, Double.NaN}) {
      assertThatThrownBy(() -> new TokenPruning(similarity))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(Double.toString(similarity));
    }
  }
}
