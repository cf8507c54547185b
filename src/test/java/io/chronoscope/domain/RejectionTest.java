package io.chronoscope.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.domain.Rejection.Reason;
import org.junit.jupiter.api.Test;

class RejectionTest {

  @Test
  void truncatesTheDetailWhateverWasSent() {
    assertThat(new Rejection(Reason.BAD_ENVELOPE, "short").detail()).isEqualTo("short");
    String long1 = new Rejection(Reason.BAD_ENVELOPE, "x".repeat(10_000_000)).detail();
    assertThat(long1).hasSize(Rejection.MAX_DETAIL).endsWith("x…");
  }

  @Test
  void neverSplitsACharacter() {
    String truncated = Rejection.truncate("x" + "🎥".repeat(Rejection.MAX_DETAIL));

    assertThat(
            truncated
                .codePoints()
                .skip(1)
                .limit(truncated.codePointCount(0, truncated.length()) - 2))
        .containsOnly("🎥".codePointAt(0));
    assertThat(truncated.length()).isBetween(Rejection.MAX_DETAIL - 1, Rejection.MAX_DETAIL);
    assertThat(Rejection.truncate("🎥".repeat(Rejection.MAX_DETAIL))).endsWith("🎥…");
  }
}
