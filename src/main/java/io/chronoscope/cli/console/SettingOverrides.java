package io.chronoscope.cli.console;

/// Settings that a command overrides for the rest of the process. They take precedence over the
/// environment and the configuration file.
public final class SettingOverrides {

  private SettingOverrides() {}

  /// Must be called before the settings are loaded.
  public static void set(String key, String value) {
    System.setProperty(key, value);
  }

  /// Points the service in this process at a broker without encryption or authentication.
  public static void useBroker(String bootstrapServers) {
    set("chronoscope.kafka.bootstrap-servers", bootstrapServers);
    set("kafka.bootstrap.servers", bootstrapServers);
    set("kafka.security.protocol", "PLAINTEXT");
  }
}
