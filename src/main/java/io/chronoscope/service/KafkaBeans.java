package io.chronoscope.service;

import io.chronoscope.client.Topics;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.KafkaClientConfig;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.wire.TopicNames;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Map;
import org.eclipse.microprofile.config.Config;

/// What every Kafka client of the service needs: client properties, topic names, and the topics
/// themselves.
@ApplicationScoped
public class KafkaBeans {

  /// Identifies the client properties of all clients, the channel's included.
  public static final String CLIENT = "default-kafka-broker";

  /// The topics must exist before the channels connect.
  private static final int BEFORE_CHANNELS = 100;

  /// Replaces the map that Quarkus builds, in which an environment variable may take precedence
  /// over a command line option.
  @Produces
  @Singleton
  @Identifier(CLIENT)
  Map<String, Object> clientProperties(Config config, ChronoscopeConfig settings) {
    return KafkaClientConfig.properties(config, settings.kafka().bootstrapServers());
  }

  @Produces
  @Singleton
  TopicNames topicNames(ChronoscopeConfig settings) {
    return LayerSettings.topicNames(settings);
  }

  void createMissingTopics(
      @Observes @Priority(BEFORE_CHANNELS) StartupEvent event,
      ChronoscopeConfig settings,
      @Identifier(CLIENT) Map<String, Object> kafka,
      TopicNames names) {
    if (settings.topics().create()) {
      Topics.ensure(kafka, names);
    }
  }
}
