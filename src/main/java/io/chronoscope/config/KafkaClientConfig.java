package io.chronoscope.config;

import io.smallrye.config.SmallRyeConfig;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.eclipse.microprofile.config.Config;

/// Builds the properties of every Kafka client, in the service and in the commands: each property
/// `kafka.NAME`, or variable `KAFKA_NAME`, sets the client property `NAME` (with dots).
public final class KafkaClientConfig {

  private static final String PREFIX = "kafka.";

  private KafkaClientConfig() {}

  /// @param bootstrapServers takes precedence over `kafka.bootstrap.servers` in `config`
  public static Map<String, Object> properties(Config config, String bootstrapServers) {
    Map<String, Object> properties = new HashMap<>();
    for (String name : config.getPropertyNames()) {
      // An environment variable is listed under its own name but found under the dotted name too.
      // Looking up the dotted name keeps the order of precedence between sources.
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

  /// Properties for commands, which do not boot Quarkus.
  public static Map<String, Object> ofCommand(ChronoscopeConfig settings) {
    SmallRyeConfig config = ConfigLoader.sources();
    return properties(config, settings.kafka().bootstrapServers());
  }

  /// Properties for the embedded broker, which needs no credentials even if the environment sets
  /// some for another broker.
  public static Map<String, Object> ofEmbedded(String bootstrapServers) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("bootstrap.servers", bootstrapServers);
    return properties;
  }
}
