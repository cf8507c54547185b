package io.chronoscope.analysis.stream;

import static io.chronoscope.analysis.stream.LampChunks.at;
import static io.chronoscope.analysis.stream.StreamFixture.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.domain.Result.Gap;
import io.chronoscope.domain.Result.Gap.Cause;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class GapsTest {

  private final Gaps gaps = new Gaps("cam", NOON, List.of(), Optional.empty(), 0);

  private Gap publish(double from, double until) {
    return gaps.publish(new DetectedGap(at(from), at(until), Cause.MISSING, "no chunk arrived"));
  }

  private static String described(Gap gap) {
    return "%d-%d r%d %s"
        .formatted(gap.startOffsetMs(), gap.endOffsetMs(), gap.revision(), gap.status());
  }

  @Nested
  class Published {

    @Test
    void addUpToWhatWasNotSeen() {
      assertThat(described(publish(2, 4))).isEqualTo("2000-4000 r1 CLOSED");
      publish(10, 11);
      assertThat(gaps.notSeenMicros()).isEqualTo(3_000_000);
      gaps.recover(1_000_000);
      assertThat(gaps.notSeenMicros()).isEqualTo(2_000_000);
    }

    @Test
    void coverTimeThatIsNotAnalyzedOnlyOnce() {
      publish(2, 4);
      assertThat(gaps.publishNotAnalyzed(at(0), at(6), "shed"))
          .extracting(GapsTest::described)
          .containsExactly("0-2000 r1 CLOSED", "4000-6000 r1 CLOSED");
      assertThat(gaps.publishNotAnalyzed(at(2), at(4), "shed")).isEmpty();
      assertThat(gaps.notSeenMicros()).isEqualTo(6_000_000);
      assertThat(gaps.remembered()).hasSize(1);
    }
  }

  @Nested
  class Filled {

    @Test
    void wholeGapsAreWithdrawn() {
      publish(2, 4);
      assertThat(gaps.fill(at(1), at(5)))
          .extracting(GapsTest::described)
          .containsExactly("2000-4000 r2 WITHDRAWN");
      assertThat(gaps.overlaps(at(0), at(10))).isFalse();
    }

    @Test
    void gapsAreShortenedOrSplit() {
      publish(2, 8);
      assertThat(gaps.fill(at(4), at(6)))
          .extracting(GapsTest::described)
          .containsExactly("2000-4000 r2 CLOSED", "6000-8000 r1 CLOSED");
      assertThat(gaps.overlaps(at(4), at(6))).isFalse();
      assertThat(gaps.overlaps(at(3), at(5))).isTrue();
    }
  }

  @Nested
  class Forgotten {

    @Test
    void timeCountsAsOneGap() {
      for (int i = 0; i <= Gaps.MAX_REMEMBERED; i++) {
        publish(10 * i, 10 * i + 1);
      }
      assertThat(gaps.remembered()).hasSize(Gaps.MAX_REMEMBERED);
      assertThat(gaps.forgottenBefore()).contains(at(1));
      assertThat(gaps.overlaps(at(0.2), at(0.4))).isTrue();
      assertThat(gaps.overlaps(at(2), at(3))).isFalse();
      assertThat(gaps.within(at(0), at(11)))
          .extracting(part -> part.start() + " " + part.end())
          .containsExactly(at(0) + " " + at(1), at(10) + " " + at(11));
    }
  }
}
