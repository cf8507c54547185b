package io.chronoscope.shedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.shedding.SheddingSettings.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class LoadGovernorTest {

  private static final Duration TARGET = Duration.ofSeconds(8);

  private final List<Integer> changes = new ArrayList<>();
  private long nanos;

  private LoadGovernor governor(String... priorities) {
    return new LoadGovernor(
        new SheddingSettings(
            Optional.of(TARGET), List.of(priorities).stream().map(Priority::parse).toList()),
        () -> nanos,
        changes::add);
  }

  private void seconds(LoadGovernor governor, int seconds, String stream, double lag) {
    for (int i = 0; i < seconds; i++) {
      nanos += 1_000_000_000L;
      governor.recordLag(stream, Duration.ofMillis(Math.round(lag * 1000)));
    }
  }

  @Nested
  class Shedding {

    @Test
    void shedsNothingWhileLagIsBelowTheTarget() {
      LoadGovernor governor = governor();
      seconds(governor, 100, "yard", 7.9);
      assertThat(governor.detailLevel("yard")).isEqualTo(DetailLevel.FULL);
      assertThat(changes).isEmpty();
    }

    @Test
    void shedsFramesThenPixelsThenWindows() {
      LoadGovernor governor = governor();
      List<DetailLevel> seen = new ArrayList<>();
      for (int i = 0; i < 80; i++) {
        seconds(governor, 1, "yard", 7 + 0.25 * i);
        if (seen.isEmpty() || !seen.getLast().equals(governor.detailLevel("yard"))) {
          seen.add(governor.detailLevel("yard"));
        }
      }
      assertThat(seen).extracting(DetailLevel::level).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
      assertThat(seen.get(2).pixelDivisor()).isEqualTo(1);
      assertThat(seen.get(4).everyNthWindow()).isEqualTo(1);
      assertThat(seen.getLast().everyNthWindow()).isGreaterThan(1);
      for (int i = 1; i < seen.size(); i++) {
        assertThat(seen.get(i).fpsDivisor()).isGreaterThanOrEqualTo(seen.get(i - 1).fpsDivisor());
        assertThat(seen.get(i).pixelDivisor())
            .isGreaterThanOrEqualTo(seen.get(i - 1).pixelDivisor());
      }
    }

    @Test
    void lessThanTwiceTheTargetShedsNoWindows() {
      LoadGovernor governor = governor();
      seconds(governor, 100, "yard", 10);
      assertThat(governor.detailLevel("yard").fpsDivisor()).isGreaterThan(1);
      assertThat(governor.detailLevel("yard").pixelDivisor()).isEqualTo(1);
      seconds(governor, 100, "yard", 13);
      assertThat(governor.detailLevel("yard").pixelDivisor()).isGreaterThan(1);
      assertThat(governor.detailLevel("yard").everyNthWindow()).isEqualTo(1);
      seconds(governor, 100, "yard", 15.9);
      assertThat(governor.detailLevel("yard").everyNthWindow()).isEqualTo(1);
      seconds(governor, 100, "yard", 16);
      assertThat(governor.detailLevel("yard").everyNthWindow()).isEqualTo(2);
      seconds(governor, 100, "yard", 24);
      assertThat(governor.detailLevel("yard").level()).isEqualTo(DetailLevel.LAST_LEVEL);
    }

    @Test
    void reachesTheLastLevelWithinOneTargetWhenFarBehind() {
      LoadGovernor governor = governor();
      seconds(governor, 8, "yard", 24);
      assertThat(governor.detailLevel("yard").level()).isEqualTo(DetailLevel.LAST_LEVEL);
      assertThat(changes).containsExactly(1, 2, 3, 4, 5, 6, 7);
    }

    @Test
    void analyzesOneOfEightWindowsAndStreamsTakeTurns() {
      LoadGovernor governor = governor();
      seconds(governor, 8, "yard", 24);
      DetailLevel detail = governor.detailLevel("yard");
      for (String stream : List.of("yard", "gate-1", "gate-2", "a stream with a long name")) {
        List<Long> analyzed =
            LongStream.range(0, 64)
                .filter(window -> detail.analyzes(stream, window))
                .boxed()
                .toList();
        assertThat(analyzed).hasSize(8);
        assertThat(analyzed)
            .as("windows of the last level are analyzed at lower levels too")
            .allMatch(window ->
                DetailLevel.at(5).analyzes(stream, window)
                    && DetailLevel.at(6).analyzes(stream, window));
      }
      assertThat(detail.analyzes("gate-1", 0) && detail.analyzes("gate-2", 0)).isFalse();
    }

    @Test
    void allWindowsAreAnalyzedUpToTheLevelThatSaysSo() {
      for (int level = 0; level <= DetailLevel.LAST_LEVEL; level++) {
        assertThat(DetailLevel.at(level).everyNthWindow() == 1)
            .isEqualTo(level <= DetailLevel.LAST_OF_WHOLE_WINDOWS);
      }
    }

    @Test
    void shedsNothingWithoutATarget() {
      LoadGovernor governor = new LoadGovernor(SheddingSettings.OFF, () -> nanos, changes::add);
      seconds(governor, 100, "yard", 1000);
      assertThat(governor.detailLevel("yard")).isEqualTo(DetailLevel.FULL);
    }
  }

  @Nested
  class Recovery {

    @Test
    void restoresDetailOnlyAfterLagStaysBelowHalfTheTarget() {
      LoadGovernor governor = governor();
      seconds(governor, 3, "yard", 12);
      assertThat(governor.pressure()).isEqualTo(3);
      seconds(governor, 60, "yard", 6);
      assertThat(governor.pressure()).as("between half the target and the target").isEqualTo(3);
      seconds(governor, 7, "yard", 1);
      assertThat(governor.pressure()).isEqualTo(3);
      seconds(governor, 2, "yard", 1);
      assertThat(governor.pressure()).isEqualTo(2);
      seconds(governor, 30, "yard", 1);
      assertThat(governor.pressure()).isZero();
      assertThat(governor.detailLevel("yard")).isEqualTo(DetailLevel.FULL);
    }

    @Test
    void waitsLongerAfterADecreaseThatWasReverted() {
      LoadGovernor governor = governor();
      seconds(governor, 1, "yard", 10);
      seconds(governor, 9, "yard", 1);
      assertThat(governor.pressure()).isZero();
      seconds(governor, 1, "yard", 10);
      assertThat(governor.pressure()).isEqualTo(1);
      seconds(governor, 15, "yard", 1);
      assertThat(governor.pressure()).as("now after twice the time").isEqualTo(1);
      seconds(governor, 3, "yard", 1);
      assertThat(governor.pressure()).isZero();
    }

    @Test
    void ignoresAForgottenStream() {
      LoadGovernor governor = governor();
      governor.recordLag("yard", Duration.ZERO);
      seconds(governor, 2, "gone", 10);
      governor.forget("gone");
      assertThat(governor.pressure()).isEqualTo(2);
      assertThat(governor.worstLag()).isZero();
      seconds(governor, 30, "yard", 0);
      assertThat(governor.pressure()).isZero();
    }

    @Test
    void resetsWhenNoStreamIsLeft() {
      LoadGovernor governor = governor();
      seconds(governor, 8, "yard", 24);
      governor.forget("yard");
      assertThat(governor.detailLevel("gate")).isEqualTo(DetailLevel.FULL);
      assertThat(changes.getLast()).isZero();
    }
  }

  @Nested
  class Priorities {

    @Test
    void affectsLowPrioritiesFirst() {
      LoadGovernor governor = governor("gate-*=5", "archive*=-1");
      governor.recordLag("gate-1", Duration.ZERO);
      governor.recordLag("archive", Duration.ZERO);
      seconds(governor, 3, "yard", 11);
      assertThat(governor.pressure()).isEqualTo(3);
      assertThat(governor.detailLevel("archive").level()).isEqualTo(3);
      assertThat(governor.detailLevel("yard").level()).isZero();
      assertThat(governor.detailLevel("gate-1").level()).isZero();
      seconds(governor, 3, "yard", 20);
      assertThat(governor.detailLevel("archive").level()).isEqualTo(6);
      assertThat(governor.detailLevel("yard").level()).isEqualTo(3);
      assertThat(governor.detailLevel("gate-1").level()).isZero();
      seconds(governor, 60, "yard", 24);
      assertThat(governor.detailLevel("gate-1").level()).isEqualTo(DetailLevel.LAST_LEVEL);
    }

    @Test
    void rejectsMalformedPriorities() {
      assertThatThrownBy(() -> Priority.parse("gate"))
          .hasMessage("'gate' is not of the form PATTERN=NUMBER, for instance camera-*=2");
      assertThatThrownBy(() -> Priority.parse("=1")).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
