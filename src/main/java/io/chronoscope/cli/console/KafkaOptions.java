package io.chronoscope.cli.console;

import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.KafkaClientConfig;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Option;

/// Where the brokers are, for commands that talk to them.
public final class KafkaOptions {

  @Option(
      names = "--bootstrap",
      paramLabel = "HOST:PORT",
      description = "Kafka brokers. Else KAFKA_BOOTSTRAP_SERVERS, else localhost:9092.")
  Optional<String> bootstrap = Optional.empty();

  public void apply() {
    bootstrap.ifPresent(
        servers -> ModelOptions.set("chronoscope.kafka.bootstrap-servers", servers));
  }

  /// Fails soon and plainly where a client would try for minutes.
  ///
  /// @throws EnvironmentException when no broker answers, or it refuses this client
  /// @throws ConfigurationException when the client's settings make no sense
  public static void requireBroker(ChronoscopeConfig settings) {
    String servers = settings.kafka().bootstrapServers();
    Map<String, Object> client = new HashMap<>(KafkaClientConfig.ofCommand(settings));
    client.put("default.api.timeout.ms", 5000);
    client.put("request.timeout.ms", 5000);
    try (Admin admin = Admin.create(client)) {
      admin.describeCluster().nodes().get(5, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      throw BrokerRefusal.of(e, servers, client);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
