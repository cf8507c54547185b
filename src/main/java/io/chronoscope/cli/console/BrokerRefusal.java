package io.chronoscope.cli.console;

import io.chronoscope.config.ConfigurationException;
import io.chronoscope.config.EnvironmentException;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;

/// Explains why a client could not connect to the brokers, for the person who configured it. Names
/// settings, never the values of secret ones.
final class BrokerRefusal {

  private BrokerRefusal() {}

  /// @param client the client's properties
  /// @return a [ConfigurationException] when a client property is invalid, else an
  ///   [EnvironmentException]
  static RuntimeException of(Throwable problem, String servers, Map<String, Object> client) {
    for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case UnsupportedSaslMechanismException mechanism -> {
          return environment(
              "the Kafka brokers at %s do not support the SASL mechanism in kafka.sasl.mechanism: %s"
                  .formatted(servers, mechanism.getMessage()),
              problem);
        }
        case SaslAuthenticationException refused -> {
          return environment(
              "the Kafka brokers at %s refuse the user or password in kafka.sasl.jaas.config: %s"
                  .formatted(servers, refused.getMessage()),
              problem);
        }
        case SslAuthenticationException handshake -> {
          return environment(
              "the TLS handshake with the Kafka brokers at %s failed: %s (kafka.ssl.truststore.location is %s)"
                  .formatted(
                      servers,
                      root(handshake),
                      client.getOrDefault("ssl.truststore.location", "not set")),
              problem);
        }
        case AuthorizationException forbidden -> {
          return environment(
              "the Kafka brokers at %s deny access: %s".formatted(servers, forbidden.getMessage()),
              problem);
        }
        case ConfigException wrong -> {
          return new ConfigurationException(
              "invalid kafka.* setting: " + wrong.getMessage(), problem);
        }
        default -> {}
      }
    }
    if (problem instanceof KafkaException) {
      return environment(
          "cannot create a Kafka client from the kafka.* settings: " + root(problem), problem);
    }
    return environment(
        "no Kafka broker responds at "
            + servers
            + "; `chronoscope serve --embedded` starts one, KAFKA_BOOTSTRAP_SERVERS names another"
            + (client.containsKey("security.protocol")
                ? " (kafka.security.protocol is " + client.get("security.protocol") + ")"
                : ", KAFKA_SECURITY_PROTOCOL sets the protocol (default: PLAINTEXT)"),
        problem);
  }

  private static EnvironmentException environment(String message, Throwable problem) {
    return new EnvironmentException(message, problem);
  }

  private static String root(Throwable problem) {
    Throwable root = problem;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage();
    return message == null ? root.getClass().getSimpleName() : message;
  }
}
