package io.chronoscope.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.domain.Rejection.Reason;
import org.junit.jupiter.api.Test;

class RejectionTest {

  @Test
  void saysNoMoreThanFitsARecordWhateverWasSent() {
    assertThat(new Rejection(Reason.BAD_ENVELOPE, "short").detail()).isEqualTo("short");
    String long1 = new Rejection(Reason.BAD_ENVELOPE, "x".repeat(10_000_000)).detail();
    assertThat(long1).hasSize(Rejection.MAX_DETAIL).endsWith("x…");
  }

  @Test
  void cutsNoCharacterInTwo() {
    String cut = Rejection.cut("x" + "🎥".repeat(Rejection.MAX_DETAIL));

    assertThat(cut.codePoints().skip(1).limit(cut.codePointCount(0, cut.length()) - 2))
        .containsOnly("🎥".codePointAt(0));
    assertThat(cut.length()).isBetween(Rejection.MAX_DETAIL - 1, Rejection.MAX_DETAIL);
    assertThat(Rejection.cut("🎥".repeat(Rejection.MAX_DETAIL))).endsWith("🎥…");
  }
}
