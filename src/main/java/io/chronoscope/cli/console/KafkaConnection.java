package io.chronoscope.cli.console;

import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.config.KafkaClientConfig;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.wire.TopicNames;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/// The brokers a command connects to and the topics on them.
///
/// @param client Kafka client properties
public record KafkaConnection(
    ChronoscopeConfig settings, Map<String, Object> client, TopicNames topics) {

  /// Long enough for a TLS handshake on a busy machine, short enough for somebody who waits.
  private static final Duration RESPONSE_TIMEOUT = Duration.ofSeconds(10);

  /// Checks that the brokers respond.
  ///
  /// @throws EnvironmentException when no broker responds, or it refuses this client
  /// @throws io.chronoscope.config.ConfigurationException when a client setting is invalid
  public static KafkaConnection open(ChronoscopeConfig settings) {
    requireBroker(settings);
    return new KafkaConnection(
        settings, KafkaClientConfig.ofCommand(settings), LayerSettings.topicNames(settings));
  }

  /// Fails within seconds and with one message where a client would retry for minutes.
  ///
  /// @throws EnvironmentException when no broker responds, or it refuses this client
  /// @throws io.chronoscope.config.ConfigurationException when a client setting is invalid
  public static void requireBroker(ChronoscopeConfig settings) {
    String servers = settings.kafka().bootstrapServers();
    Map<String, Object> client = new HashMap<>(KafkaClientConfig.ofCommand(settings));
    client.put("default.api.timeout.ms", (int) RESPONSE_TIMEOUT.toMillis());
    client.put("request.timeout.ms", (int) RESPONSE_TIMEOUT.toMillis());
    try (Admin admin = Admin.create(client)) {
      admin.describeCluster().nodes().get(RESPONSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      throw BrokerRefusal.of(e, servers, client);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while connecting to " + servers, e);
    }
  }

  /// Reads from topics that the service creates.
  ///
  /// @param read throws an [IllegalArgumentException] when a topic does not exist
  /// @throws EnvironmentException when a topic does not exist; the message names it and the brokers
  public <T> T readTopics(Supplier<T> read) {
    try {
      return read.get();
    } catch (IllegalArgumentException e) {
      throw new EnvironmentException(
          "%s on %s; is the service running?"
              .formatted(e.getMessage(), settings.kafka().bootstrapServers()),
          e);
    }
  }
}
