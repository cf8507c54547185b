package io.chronoscope.app;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Option;

/// Where the brokers are, for commands that talk to them.
final class KafkaOptions {

  @Option(
      names = "--bootstrap",
      paramLabel = "HOST:PORT",
      description = "Kafka brokers. Else KAFKA_BOOTSTRAP_SERVERS, else localhost:9092.")
  Optional<String> bootstrap = Optional.empty();

  void apply() {
    bootstrap.ifPresent(
        servers -> ModelOptions.set("chronoscope.kafka.bootstrap-servers", servers));
  }

  static Map<String, Object> client(ChronoscopeConfig settings) {
    return client(settings.kafka().bootstrapServers());
  }

  static Map<String, Object> client(String bootstrapServers) {
    Map<String, Object> client = new HashMap<>();
    client.put("bootstrap.servers", bootstrapServers);
    return client;
  }

  /// Fails soon and plainly where a client would try for minutes.
  static void requireBroker(ChronoscopeConfig settings) {
    String servers = settings.kafka().bootstrapServers();
    Map<String, Object> client = client(settings);
    client.put("default.api.timeout.ms", 5000);
    client.put("request.timeout.ms", 5000);
    try (Admin admin = Admin.create(client)) {
      admin.describeCluster().nodes().get(5, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException | org.apache.kafka.common.KafkaException e) {
      throw new EnvironmentException(
          "no Kafka broker answers at "
              + servers
              + "; `chronoscope serve --embedded` starts one, KAFKA_BOOTSTRAP_SERVERS names another",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
