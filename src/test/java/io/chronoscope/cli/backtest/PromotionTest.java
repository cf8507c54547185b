package io.chronoscope.cli.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.config.ConfigurationException;
import io.chronoscope.domain.StreamPattern;
import io.chronoscope.rule.Rule;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromotionTest {

  private static Rule rule(String streams) {
    return new Rule("stops", "a car stops", new StreamPattern(streams), 0.5, Duration.ZERO, 0);
  }

  @ParameterizedTest
  @CsvSource({
    "*, *, , *",
    "*, dock-*, , dock-*",
    "dock-1, dock-*, , dock-1",
    "*, *, gate-*, gate-*",
    "*, gate-1*, gate-*, gate-1*",
    "gate-*, *, gate-2, gate-2",
  })
  void neverWidensTheStreams(String candidate, String tested, String inForce, String expected) {
    List<Rule> rules = inForce == null ? List.of() : List.of(rule(inForce));
    assertThat(Promotion.narrowed(rule(candidate), new StreamPattern(tested), rules))
        .isEqualTo(rule(expected));
  }

  @Test
  void refusesStreamsThatOverlapInPart() {
    assertThatThrownBy(
            () -> Promotion.narrowed(rule("gate-*"), new StreamPattern("*-north"), List.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("rule stops selects streams that --stream *-north does not");
  }

  @Test
  void ignoresRulesWithOtherIds() {
    Rule other = new Rule("other", "x", new StreamPattern("gate-1"), 0.5, Duration.ZERO, 0);
    assertThat(Promotion.narrowed(rule("*"), StreamPattern.ANY, List.of(other)))
        .isEqualTo(rule("*"));
  }
}
