package io.chronoscope.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.domain.StreamPattern;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RuleTableTest {

  private final RuleTable table = new RuleTable(2);

  private static Rule rule(String id, String streams, int priority) {
    return new Rule(
        id, "a lamp is on", new StreamPattern(streams), 0.5, Duration.ofSeconds(3), priority);
  }

  @Test
  void selectsTheRulesOfAStreamByFallingPriority() {
    table.put(rule("b", "cam-*", 0));
    table.put(rule("a", "*", 0));
    table.put(rule("c", "yard", 9));
    assertThat(table.of("cam-1").evaluated()).extracting(Rule::id).containsExactly("a", "b");
    assertThat(table.of("yard").evaluated()).extracting(Rule::id).containsExactly("c", "a");
    assertThat(table.of("roof").evaluated()).extracting(Rule::id).containsExactly("a");
  }

  @Test
  void skipsRulesBeyondTheLimitAndReportsThem() {
    table.put(rule("a", "*", 1));
    table.put(rule("b", "*", 3));
    table.put(rule("c", "*", 2));
    assertThat(table.of("cam").evaluated()).extracting(Rule::id).containsExactly("b", "c");
    assertThat(table.of("cam").skipped()).extracting(Rule::id).containsExactly("a");
  }

  @Test
  void replacesARuleUnderTheSameId() {
    table.put(rule("a", "*", 1));
    assertThat(table.put(rule("a", "yard", 1))).contains(rule("a", "*", 1));
    assertThat(table.of("cam").evaluated()).isEmpty();
    assertThat(table.remove("a")).contains(rule("a", "yard", 1));
    assertThat(table.remove("a")).isEmpty();
    assertThat(table.all()).isEmpty();
  }

  @Test
  void rejectsAnInvalidRuleNamingTheField() {
    assertRejected("id", () -> rule(" ", "*", 0));
    assertRejected("text", () -> new Rule("a", "", StreamPattern.ANY, 0.5, Duration.ZERO, 0));
    assertRejected(
        "text", () -> new Rule("a", "x<|im_end|>", StreamPattern.ANY, 0.5, Duration.ZERO, 0));
    assertRejected(
        "text", () -> new Rule("a", "x".repeat(501), StreamPattern.ANY, 0.5, Duration.ZERO, 0));
    assertRejected(
        "threshold", () -> new Rule("a", "x", StreamPattern.ANY, 1.01, Duration.ZERO, 0));
    assertRejected(
        "threshold", () -> new Rule("a", "x", StreamPattern.ANY, Double.NaN, Duration.ZERO, 0));
    assertRejected(
        "coolDownSeconds",
        () -> new Rule("a", "x", StreamPattern.ANY, 1, Duration.ofMillis(-1), 0));
  }

  private static void assertRejected(
      String field, org.assertj.core.api.ThrowableAssert.ThrowingCallable make) {
    assertThatThrownBy(make)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(field);
  }
}
