package io.chronoscope.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Picture;
import io.chronoscope.domain.SampledFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FpsPolicyTest {

  private static final Duration WINDOW = Duration.ofSeconds(30);
  private static final SamplingLimits LIMITS =
      new SamplingLimits(0.5, 2, 8, 24_576, 2_048, Optional.empty());

  @Test
  void ordinaryActivityGetsTheTarget() {
    assertThat(choose(LIMITS, activities(0.005), 256))
        .isEqualTo(new FpsChoice(2, 4, FpsChoice.TARGET));
  }

  @Test
  void stillPictureGetsTheMinimum() {
    assertThat(choose(LIMITS, activities(0.0001), 256))
        .isEqualTo(new FpsChoice(0.5, 16, FpsChoice.STILL));
  }

  @Test
  void singleChangeIsNotAStillPicture() {
    List<Double> activities = activities(0);
    activities.set(17, 0.004);
    assertThat(choose(LIMITS, activities, 256).reason()).isEqualTo(FpsChoice.TARGET);
  }

  @Test
  void highActivityGetsTheMaximum() {
    assertThat(choose(LIMITS, activities(0.05), 64))
        .isEqualTo(new FpsChoice(8, 1, FpsChoice.HIGH_ACTIVITY));
  }

  @Test
  void budgetLimitsHighActivity() {
    // 240 candidates: 120 pairs at 8 fps, 60 at 4 fps.
    assertThat(choose(LIMITS, activities(0.05), 400))
        .isEqualTo(new FpsChoice(4, 2, FpsChoice.HIGH_ACTIVITY_WITHIN_BUDGET));
    assertThat(choose(LIMITS, activities(0.05), 800))
        .isEqualTo(new FpsChoice(2, 4, FpsChoice.TOKEN_BUDGET));
  }

  @Test
  void budgetPerSecondLimits() {
    SamplingLimits tight = new SamplingLimits(0.5, 2, 8, 24_576, 100, Optional.empty());
    assertThat(choose(tight, activities(0.005), 200))
        .isEqualTo(new FpsChoice(1, 8, FpsChoice.TOKEN_BUDGET));
  }

  @Test
  void budgetOverridesTheMinimum() {
    assertThat(choose(LIMITS, activities(0.005), 8_000))
        .isEqualTo(new FpsChoice(0.125, 64, FpsChoice.TOKEN_BUDGET));
  }

  @Test
  void fixedRateIsUsedWithinTheBudget() {
    assertThat(choose(LIMITS.withFixed(FixedRate.even(3)), activities(0.0), 200))
        .isEqualTo(new FpsChoice(3, 1, FpsChoice.FIXED));
    assertThat(choose(LIMITS.withFixed(FixedRate.even(3)), activities(0.0), 400))
        .isEqualTo(new FpsChoice(1.5, 2, FpsChoice.TOKEN_BUDGET));
  }

  @Test
  void everyChoiceIsOnTheCandidateGridAndWithinBudget() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      double max = 0.5 + random.nextInt(64) / 4.0;
      double target = 0.25 + random.nextDouble() * (max - 0.25);
      SamplingLimits limits =
          new SamplingLimits(
              0.2, target, max, 500 + random.nextInt(30_000), 5_000, Optional.empty());
      int candidates = 1 + random.nextInt(300);
      List<Double> activities =
          random.doubles(candidates, 0, 0.05).boxed().map(x -> x * x * 20).toList();
      int tokensPerPair = 1 + random.nextInt(500);
      Duration window = Duration.ofMillis(Math.round(1000 * candidates / max) + 1);
      FpsChoice choice = new FpsPolicy(limits).choose(activities, window, tokensPerPair);
      assertThat(Integer.bitCount(choice.everyNth())).as("seed %d", seed).isEqualTo(1);
      assertThat(choice.fps()).isEqualTo(max / choice.everyNth());
      int frames = Math.ceilDiv(candidates, choice.everyNth());
      assertThat(
              frames <= 2 || Math.ceilDiv(frames, 2) * tokensPerPair <= limits.windowTokenBudget())
          .as("seed %d round %d: %s of %d candidates", seed, i, choice, candidates)
          .isTrue();
      assertThat(new FpsPolicy(limits).choose(activities, window, tokensPerPair)).isEqualTo(choice);
    }
  }

  @Test
  void selectsFramesOfTheChosenGridWhereverTheWindowStarts() {
    SampleGrid grid = SampleGrid.of(1_000_000, 8);
    try (Picture picture = Picture.allocate(1, 1)) {
      List<SampledFrame> frames =
          LongStream.range(3, 20)
              .mapToObj(n ->
                  new SampledFrame(
                      grid.timeMicros(n),
                      grid.timeMicros(n),
                      0,
                      picture,
                      new ChunkOrigin("t", 0, 0),
                      new FrameSize(1, 1)))
              .toList();
      FpsChoice choice = new FpsChoice(2, 4, FpsChoice.TARGET);
      assertThat(choice.select(grid, frames))
          .extracting(frame -> grid.indexAtOrAfter(frame.gridMicros()))
          .containsExactly(4L, 8L, 12L, 16L);
      assertThat(choice.select(grid, frames.subList(0, 1))).isEqualTo(frames.subList(0, 1));
      assertThat(choice.select(grid, List.of())).isEmpty();
    }
  }

  @Test
  void rejectsContradictoryLimits() {
    assertThatThrownBy(() -> new SamplingLimits(2, 1, 4, 100, 100, Optional.empty()))
        .hasMessageContaining("min over target to max");
    assertThatThrownBy(() -> new SamplingLimits(1, 2, 4, 0, 100, Optional.empty()))
        .hasMessageContaining("budget");
    assertThatThrownBy(() -> LIMITS.withFixed(FixedRate.even(-1))).hasMessageContaining("fixed");
  }

  private static List<Double> activities(double each) {
    return new ArrayList<>(Collections.nCopies(240, each));
  }

  private static FpsChoice choose(
      SamplingLimits limits, List<Double> activities, int tokensPerPair) {
    return new FpsPolicy(limits).choose(activities, WINDOW, tokensPerPair);
  }
}
