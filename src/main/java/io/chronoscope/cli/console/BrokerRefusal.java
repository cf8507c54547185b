package io.chronoscope.cli.console;

import io.chronoscope.config.ConfigurationException;
import io.chronoscope.config.EnvironmentException;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;

/// Why the brokers could not be talked to, in words for whoever set the client up. Names settings,
/// never the values of secret ones.
final class BrokerRefusal {

  private BrokerRefusal() {}

  /// @param client what the client was set to
  /// @return a [ConfigurationException] when a setting makes no sense, else an
  ///   [EnvironmentException]
  static RuntimeException of(Throwable problem, String servers, Map<String, Object> client) {
    for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case UnsupportedSaslMechanismException mechanism -> {
          return environment(
              "the Kafka brokers at %s do not know the SASL mechanism of kafka.sasl.mechanism: %s"
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
              "no TLS with the Kafka brokers at %s: %s (kafka.ssl.truststore.location is %s)"
                  .formatted(
                      servers,
                      root(handshake),
                      client.getOrDefault("ssl.truststore.location", "not set")),
              problem);
        }
        case AuthorizationException forbidden -> {
          return environment(
              "the Kafka brokers at %s do not allow it: %s"
                  .formatted(servers, forbidden.getMessage()),
              problem);
        }
        case ConfigException wrong -> {
          return new ConfigurationException(
              "a kafka.* setting cannot be used: " + wrong.getMessage(), problem);
        }
        default -> {}
      }
    }
    if (problem instanceof org.apache.kafka.common.KafkaException) {
      return environment(
          "no Kafka client can be made from the kafka.* settings: " + root(problem), problem);
    }
    return environment(
        "no Kafka broker answers at "
            + servers
            + "; `chronoscope serve --embedded` starts one, KAFKA_BOOTSTRAP_SERVERS names another"
            + (client.containsKey("security.protocol")
                ? " (kafka.security.protocol is " + client.get("security.protocol") + ")"
                : ", KAFKA_SECURITY_PROTOCOL says how it is talked to (PLAINTEXT unless set)"),
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
