package io.chronoscope.messaging.rule;

import io.chronoscope.rule.RuleTable;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/// Metrics of the rules topic.
public final class RuleMetrics {

  private final Counter rejected;

  public RuleMetrics(MeterRegistry registry, RuleTable table) {
    this.rejected =
        Counter.builder("chronoscope.rules.rejected")
            .description("Invalid records on the rules topic")
            .register(registry);
    Gauge.builder("chronoscope.rules", table, rules -> rules.all().size())
        .description("Rules in force")
        .register(registry);
  }

  void rejected() {
    rejected.increment();
  }
}
