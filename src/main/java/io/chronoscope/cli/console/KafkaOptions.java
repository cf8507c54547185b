package io.chronoscope.cli.console;

import io.chronoscope.config.ConfigLoader;
import java.util.Optional;
import picocli.CommandLine.Option;

/// Options of every command that connects to Kafka brokers.
public final class KafkaOptions {

  @Option(
      names = "--bootstrap",
      paramLabel = "HOST:PORT",
      description = "Kafka brokers. Default: KAFKA_BOOTSTRAP_SERVERS, else localhost:9092.")
  Optional<String> bootstrap = Optional.empty();

  /// Overrides the settings that were given as options. Must be called before the settings are
  /// loaded.
  public void apply() {
    bootstrap.ifPresent(
        servers -> SettingOverrides.set("chronoscope.kafka.bootstrap-servers", servers));
  }

  /// Loads the settings and checks that the brokers respond.
  ///
  /// @throws io.chronoscope.config.EnvironmentException when no broker responds, or it refuses this
  ///   client
  /// @throws io.chronoscope.config.ConfigurationException when a setting is invalid
  public KafkaConnection connect() {
    apply();
    return KafkaConnection.open(ConfigLoader.load());
  }
}
