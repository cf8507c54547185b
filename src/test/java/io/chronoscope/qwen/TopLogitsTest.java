package io.chronoscope.qwen;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.vlm.Answer.TokenLogit;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TopLogitsTest {

  /// The whole vocabulary sorted, stable.
  private static List<TokenLogit> sorted(float[] logits, int count) {
    Comparator<TokenLogit> byLogit = Comparator.comparingDouble(TokenLogit::logit).reversed();
    return IntStream.range(0, logits.length)
        .mapToObj(id -> new TokenLogit(id, logits[id]))
        .sorted(byLogit)
        .limit(count)
        .toList();
  }

  @Test
  void selectsWhatSortingTheVocabularySelects() {
    Random random = new Random(5);
    for (int vocabulary : new int[] {1, 9, 10, 11, 3_000}) {
      float[] logits = new float[vocabulary];
      for (int id = 0; id < vocabulary; id++) {
        logits[id] = (float) random.nextGaussian() * 5;
      }
      for (int count : new int[] {0, 1, 10, 5_000}) {
        assertThat(TopLogits.of(logits, count))
            .as("%d of %d", count, vocabulary)
            .isEqualTo(sorted(logits, count));
      }
    }
  }

  @Test
  void ordersEqualLogitsById() {
    Random random = new Random(6);
    float[] logits = new float[2_000];
    for (int id = 0; id < logits.length; id++) {
      logits[id] = random.nextInt(-3, 4);
    }
    logits[100] = -0f;
    assertThat(TopLogits.of(logits, 500)).isEqualTo(sorted(logits, 500));
    assertThat(TopLogits.of(new float[500], 10)).isEqualTo(sorted(new float[500], 10));
  }
}
