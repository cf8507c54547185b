package io.chronoscope.cli.chaos;

import io.chronoscope.broker.EmbeddedBroker;
import io.chronoscope.broker.FreePorts;
import io.chronoscope.client.CommittedResults;
import io.chronoscope.config.KafkaClientConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What all faults share: a broker, the proxy that the service reaches it through, the workload,
/// and what the service publishes for it when nothing goes wrong.
final class Laboratory implements AutoCloseable {

  private final Path directory;
  private final EmbeddedBroker broker;
  private final KafkaProxy proxy;
  private final Workload workload;
  private final Path model;
  private @Nullable CommittedResults undisturbed;

  private Laboratory(
      Path directory, EmbeddedBroker broker, KafkaProxy proxy, Workload workload, Path model) {
    this.directory = directory;
    this.broker = broker;
    this.proxy = proxy;
    this.workload = workload;
    this.model = model;
  }

  /// @param directory for logs and data; stays the caller's
  /// @param samples folder with the sample videos
  /// @param model directory of the checkpoint
  static Laboratory open(Path directory, Path samples, Path model) throws IOException {
    Workload workload = Workload.of(samples);
    List<Integer> ports = FreePorts.other(0, 4);
    int direct = ports.get(0);
    int behindProxy = ports.get(1);
    int proxied = ports.get(2);
    EmbeddedBroker broker =
        EmbeddedBroker.start(
            EmbeddedBroker.Settings.in(Files.createDirectories(directory.resolve("kafka")), direct)
                .with(listeners(direct, behindProxy, proxied, ports.get(3))));
    return new Laboratory(directory, broker, new KafkaProxy(proxied, behindProxy), workload, model);
  }

  /// Clients that come through the proxy get the proxy's address as the broker's.
  static Map<String, String> listeners(int direct, int behindProxy, int proxied, int controller) {
    return Map.of(
        "controller.quorum.voters",
        "1@localhost:" + controller,
        "listeners",
        "CLIENTS://localhost:%d,PROXIED://localhost:%d,CONTROLLER://localhost:%d"
            .formatted(direct, behindProxy, controller),
        "advertised.listeners",
        "CLIENTS://localhost:%d,PROXIED://localhost:%d".formatted(direct, proxied),
        "listener.security.protocol.map",
        "CLIENTS:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT");
  }

  KafkaProxy proxy() {
    return proxy;
  }

  Workload workload() {
    return workload;
  }

  /// Directory of the checkpoint.
  Path model() {
    return model;
  }

  /// Client properties that reach the broker directly.
  Map<String, Object> kafka() {
    return KafkaClientConfig.ofEmbedded(broker.bootstrapServers());
  }

  /// A scene in which nothing has gone wrong yet.
  ///
  /// @param name distinguishes it from others
  Scene scene(String name) throws IOException {
    proxy.reset();
    return new Scene(
        this,
        name,
        kafka(),
        proxy.bootstrapServers(),
        Files.createDirectories(directory.resolve(name)));
  }

  /// What one instance publishes for the workload when nothing goes wrong. Found out once.
  synchronized CommittedResults undisturbed() throws Exception {
    if (undisturbed == null) {
      try (Scene scene = scene("undisturbed")) {
        scene.start();
        scene.sendAll();
        Optional<String> problem = scene.awaitDone();
        if (problem.isPresent()) {
          throw new IllegalStateException("nothing went wrong, and yet: " + problem.get());
        }
        undisturbed = scene.results();
      }
    }
    return undisturbed;
  }

  @Override
  public void close() throws IOException {
    try {
      proxy.close();
    } finally {
      broker.close();
    }
  }
}
