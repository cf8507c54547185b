package io.chronoscope.service;

import io.chronoscope.client.RuleReader;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.messaging.MessagingMetrics;
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
import java.util.Map;

/// Rules: the [RuleTable], its loader, and dead letters for invalid rules.
@ApplicationScoped
class RuleBeans {

  @Produces
  @Singleton
  RuleTable table(ChronoscopeConfig settings) {
    return new RuleTable(settings.rules().maxPerWindow());
  }

  @Produces
  @Singleton
  RuleLoader loader(
      @Identifier(KafkaBeans.CLIENT) Map<String, Object> kafka,
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
  RuleDeadLetterWriter deadLetterWriter(
      ChronoscopeConfig settings,
      @Identifier(KafkaBeans.CLIENT) Map<String, Object> kafka,
      TopicNames names,
      MessagingMetrics metrics) {
    return new RuleDeadLetterWriter(
        kafka,
        settings.kafka().group(),
        names.of(Topic.RULES),
        new ResultEnvelope(names, settings.kafka().source()),
        settings.kafka().delivery(),
        metrics);
  }

  void start(@Observes StartupEvent event, RuleLoader loader, RuleDeadLetterWriter deadLetters) {
    loader.start();
    deadLetters.start();
  }

  void stop(@Observes ShutdownEvent event, RuleLoader loader, RuleDeadLetterWriter deadLetters) {
    loader.close();
    deadLetters.close();
  }
}
