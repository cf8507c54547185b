package io.chronoscope.messaging;

import io.chronoscope.client.RuleReader;
import io.chronoscope.record.ResultEnvelope;
import io.chronoscope.record.TopicNames;
import io.chronoscope.rule.RuleTable;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/// How rules come in, from the configuration. Provides the [RuleTable].
@ApplicationScoped
class RuleBeans {

  private static final URI SOURCE = URI.create("/chronoscope");

  void start(@Observes StartupEvent event, RuleFollower follower, RuleInspector inspector) {
    follower.start();
    inspector.start();
  }

  void stop(@Observes ShutdownEvent event, RuleFollower follower, RuleInspector inspector) {
    follower.close();
    inspector.close();
  }

  @Produces
  @Singleton
  RuleTable table(
      @ConfigProperty(name = "chronoscope.rules.max-per-window", defaultValue = "16")
          int maxPerWindow) {
    return new RuleTable(maxPerWindow);
  }

  @Produces
  @Singleton
  RuleFollower follower(
      @Identifier("default-kafka-broker") Map<String, Object> kafka,
      TopicNames names,
      RuleTable table,
      MeterRegistry registry) {
    return new RuleFollower(
        () -> new RuleReader(kafka, names.rules()), table, new RuleMetrics(registry, table));
  }

  @Produces
  @Singleton
  RuleInspector inspector(
      @Identifier("default-kafka-broker") Map<String, Object> kafka,
      TopicNames names,
      @ConfigProperty(name = "chronoscope.kafka.group", defaultValue = "chronoscope") String group,
      @ConfigProperty(name = "chronoscope.kafka.delivery", defaultValue = "exactly-once")
          DeliveryGuarantee delivery,
      MessagingMetrics metrics) {
    return new RuleInspector(
        kafka, group, names.rules(), new ResultEnvelope(names, SOURCE), delivery, metrics);
  }
}
