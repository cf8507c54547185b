package io.chronoscope.app;

import io.smallrye.common.annotation.Identifier;
import io.smallrye.config.SmallRyeConfig;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.eclipse.microprofile.config.Config;

/// What every Kafka client of this program is set to, in the service and in the commands: each
/// property `kafka.NAME`, or variable `KAFKA_NAME`, is the client setting `NAME` with dots.
final class KafkaClients {

  private static final String PREFIX = "kafka.";

  private KafkaClients() {}

  /// For the service's channel, producers and other clients, instead of the map that Quarkus makes:
  /// there a variable may stand above the option that was meant to replace it.
  @Produces
  @Singleton
  @Identifier("default-kafka-broker")
  static Map<String, Object> ofService(Config config, ChronoscopeConfig settings) {
    return properties(config, settings.kafka().bootstrapServers());
  }

  /// @param bootstrapServers stands above what `config` says of it
  static Map<String, Object> properties(Config config, String bootstrapServers) {
    Map<String, Object> properties = new HashMap<>();
    for (String name : config.getPropertyNames()) {
      // A variable is listed under its own name, and found under the name with dots as well: by
      // that one the sources keep their order.
      String dotted = name.toLowerCase(Locale.ROOT).replace('_', '.');
      if (dotted.startsWith(PREFIX) && !dotted.startsWith(PREFIX + "ui.")) {
        config
            .getOptionalValue(dotted, String.class)
            .or(() -> config.getOptionalValue(name, String.class))
            .ifPresent(value -> properties.put(dotted.substring(PREFIX.length()), value));
      }
    }
    properties.put("bootstrap.servers", bootstrapServers);
    return properties;
  }

  /// For commands, which do not boot Quarkus.
  static Map<String, Object> ofCommand(ChronoscopeConfig settings) {
    SmallRyeConfig config = Settings.sources();
    return properties(config, settings.kafka().bootstrapServers());
  }

  /// For a broker in this process, which asks for no credentials whatever the environment says of
  /// others.
  static Map<String, Object> ofEmbedded(String bootstrapServers) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("bootstrap.servers", bootstrapServers);
    return properties;
  }

  /// Has the service of this process use the broker of this process.
  static void useEmbedded(String bootstrapServers) {
    ModelOptions.set("chronoscope.kafka.bootstrap-servers", bootstrapServers);
    ModelOptions.set("kafka.bootstrap.servers", bootstrapServers);
    ModelOptions.set("kafka.security.protocol", "PLAINTEXT");
  }
}
