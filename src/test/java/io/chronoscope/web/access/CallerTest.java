package io.chronoscope.web.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.domain.StreamPattern;
import io.chronoscope.web.problem.ProblemException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CallerTest {

  private final Caller caller =
      new Caller("wall", Set.of(Role.OPERATOR), List.of(new StreamPattern("cam-*")));

  @Test
  void aPatternMaySelectNoOtherStreams() {
    assertThatCode(() -> caller.requirePattern(new StreamPattern("cam-1*")))
        .doesNotThrowAnyException();
    for (String wider : List.of("*", "c*", "cam*", "*-1")) {
      assertThatThrownBy(() -> caller.requirePattern(new StreamPattern(wider)))
          .isInstanceOf(ProblemException.class);
    }
  }

  @Test
  void anotherStreamIsNoStream() {
    assertThatThrownBy(() -> caller.requireStream("dock")).hasMessage("there is no stream dock");
  }

  @Test
  void claimedStreamsAreAListOrATextWithCommas() {
    assertThat(ClaimedStreams.patterns(null)).containsExactly(StreamPattern.ANY);
    assertThat(ClaimedStreams.patterns("cam-*, dock"))
        .containsExactly(new StreamPattern("cam-*"), new StreamPattern("dock"));
    assertThat(ClaimedStreams.patterns(List.of("a", "b")))
        .containsExactly(new StreamPattern("a"), new StreamPattern("b"));
    assertThatThrownBy(() -> ClaimedStreams.patterns(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theAuditLogHasNoLineBreaksOfCallers() {
    assertThat(AuditLog.quoted("a\"\n\u202e")).isEqualTo("\"a\\\"\\u000a\\u202e\"");
  }
}
