package io.chronoscope.service;

import io.chronoscope.client.RuleReader;
import io.chronoscope.messaging.DeliveryGuarantee;
import io.chronoscope.messaging.delivery.MessagingMetrics;
import io.chronoscope.messaging.rule.RuleDeadLetterWriter;
import io.chronoscope.messaging.rule.RuleLoader;
import io.chronoscope.messaging.rule.RuleMetrics;
import io.chronoscope.rule.RuleTable;
import io.chronoscope.wire.ResultEnvelope;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
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

  void start(@Observes StartupEvent event, RuleLoader follower, RuleDeadLetterWriter inspector) {
    follower.start();
    inspector.start();
  }

  void stop(@Observes ShutdownEvent event, RuleLoader follower, RuleDeadLetterWriter inspector) {
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
  RuleLoader follower(
      @Identifier("default-kafka-broker") Map<String, Object> kafka,
      TopicNames names,
      RuleTable table,
      MeterRegistry registry) {
    return new RuleLoader(
        () -> new RuleReader(kafka, names.of(Topic.RULES)),
        table,
        new RuleMetrics(registry, table));
  }

  @Produces
  @Singleton
  RuleDeadLetterWriter inspector(
      @Identifier("default-kafka-broker") Map<String, Object> kafka,
      TopicNames names,
      @ConfigProperty(name = "chronoscope.kafka.group", defaultValue = "chronoscope") String group,
      @ConfigProperty(name = "chronoscope.kafka.delivery", defaultValue = "exactly-once")
          DeliveryGuarantee delivery,
      MessagingMetrics metrics) {
    return new RuleDeadLetterWriter(
        kafka, group, names.of(Topic.RULES), new ResultEnvelope(names, SOURCE), delivery, metrics);
  }
}
