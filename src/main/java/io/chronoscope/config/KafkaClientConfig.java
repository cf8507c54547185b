package io.chronoscope.config;

import io.smallrye.config.SmallRyeConfig;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.eclipse.microprofile.config.Config;

/// The properties of every Kafka client in this program, in the service and in the commands: each
/// property `kafka.NAME`, or variable `KAFKA_NAME`, is the client setting `NAME` with dots.
public final class KafkaClientConfig {

  private static final String PREFIX = "kafka.";

  private KafkaClientConfig() {}

  /// @param bootstrapServers stands above what `config` says of it
  public static Map<String, Object> properties(Config config, String bootstrapServers) {
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
  public static Map<String, Object> ofCommand(ChronoscopeConfig settings) {
    SmallRyeConfig config = ConfigLoader.sources();
    return properties(config, settings.kafka().bootstrapServers());
  }

  /// For a broker in this process, which asks for no credentials whatever the environment says of
  /// others.
  public static Map<String, Object> ofEmbedded(String bootstrapServers) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("bootstrap.servers", bootstrapServers);
    return properties;
  }
}
