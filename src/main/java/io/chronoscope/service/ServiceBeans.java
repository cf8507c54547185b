package io.chronoscope.service;

import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.KafkaClientConfig;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Map;
import org.eclipse.microprofile.config.Config;

/// Beans that are built from the configuration alone.
final class ServiceBeans {

  private ServiceBeans() {}

  @Produces
  @Singleton
  static DeferredIntake serviceIntake() {
    return new DeferredIntake();
  }

  /// For the service's channel, producers and other clients, instead of the map that Quarkus makes:
  /// there a variable may stand above the option that was meant to replace it.
  @Produces
  @Singleton
  @Identifier("default-kafka-broker")
  static Map<String, Object> kafkaClients(Config config, ChronoscopeConfig settings) {
    return KafkaClientConfig.properties(config, settings.kafka().bootstrapServers());
  }
}
