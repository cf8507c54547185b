package io.chronoscope.cli;

import io.chronoscope.broker.EmbeddedBroker;
import io.chronoscope.cli.console.KafkaConnection;
import io.chronoscope.cli.console.KafkaOptions;
import io.chronoscope.cli.console.ModelOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.SettingOverrides;
import io.chronoscope.cli.console.Version;
import io.chronoscope.client.Topics;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.ConfiguredModel;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.config.KafkaClientConfig;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.config.RenamedSettings;
import io.chronoscope.service.ServiceLauncher;
import io.quarkus.runtime.LaunchMode;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Runs the service until it is stopped.
@Command(
    name = "serve",
    description = {
      "Runs the service: it reads chunks and publishes events, summaries and alerts.",
      "The page and the API are at http://localhost:8080.",
      "Health is at http://localhost:9000/q/health.",
      "Metrics are at http://localhost:9000/q/metrics."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
final class ServeCommand implements Callable<Integer> {

  private static final String DEFAULT_SERVERS = "localhost:9092";

  @Option(
      names = "--embedded",
      description = "Starts a Kafka broker in this process, open to any client on this machine.")
  boolean embedded;

  @Option(
      names = "--broker-port",
      paramLabel = "PORT",
      description = "Port of the embedded broker (default: 9092).")
  Optional<Integer> brokerPort = Optional.empty();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where the embedded broker stores its records (default: data/kafka).")
  Optional<Path> data = Optional.empty();

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Port of the page and the API (default: 8080); 0 picks a free one.")
  Optional<Integer> port = Optional.empty();

  @Option(
      names = "--management-port",
      paramLabel = "PORT",
      description = "Port of health and metrics (default: 9000, with --port 0 a free one).")
  Optional<Integer> managementPort = Optional.empty();

  @Mixin KafkaOptions kafka = new KafkaOptions();

  @Mixin ModelOptions model = new ModelOptions();

  @Option(names = "--json", description = "Logs one JSON object on each line.")
  boolean json;

  private final Output output;

  ServeCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    overrideSettings();
    RenamedSettings.reportToLog();
    ChronoscopeConfig settings = ConfigLoader.load();
    if (LaunchMode.current() != LaunchMode.DEVELOPMENT) {
      HttpPorts.requireFree(settings); // `quarkus:dev` keeps its ports while it reloads
    }
    ConfiguredModel.requireModel(settings);
    if (!embedded) {
      KafkaConnection.requireBroker(settings);
      SettingOverrides.set("kafka.bootstrap.servers", settings.kafka().bootstrapServers());
      return ServiceLauncher.runUntilStopped(this::reportAddress, this::reportReady);
    }
    try (EmbeddedBroker broker = startBroker(settings)) {
      Topics.ensure(
          KafkaClientConfig.ofEmbedded(broker.bootstrapServers()),
          LayerSettings.topicNames(settings));
      SettingOverrides.useBroker(broker.bootstrapServers());
      output.report(
          "Kafka broker at %s; starting the service …".formatted(broker.bootstrapServers()));
      return serveOn(broker);
    }
  }

  private void reportAddress() {
    output.report(
        "the page and the API are at %s; loading the model …".formatted(ServiceLauncher.address()));
  }

  /// With --json the log says it.
  private void reportReady(String modelName) {
    if (json) {
      return;
    }
    String servers = ConfigLoader.load().kafka().bootstrapServers();
    String bootstrap = servers.equals(DEFAULT_SERVERS) ? "" : " --bootstrap " + servers;
    output.report(
        """
        ready: the model %s is loaded. Next, in other terminals:
          ./chronoscope produce video-samples/yard.mp4 --stream yard --realtime%s
          ./chronoscope events --follow%s
        or in the browser: %s (Ctrl+C stops the service)\
        """
            .formatted(modelName, bootstrap, bootstrap, ServiceLauncher.address()));
  }

  private void overrideSettings() {
    model.apply();
    kafka.apply();
    port.ifPresent(p -> SettingOverrides.set("chronoscope.http.port", p.toString()));
    managementPort
        .or(() -> port.filter(p -> p == 0))
        .ifPresent(p -> SettingOverrides.set("chronoscope.management.port", p.toString()));
    brokerPort.ifPresent(
        p -> SettingOverrides.set("chronoscope.kafka.embedded-port", p.toString()));
    data.ifPresent(dir -> SettingOverrides.set("chronoscope.kafka.embedded-data", dir.toString()));
    if (json) {
      SettingOverrides.set("chronoscope.log.json", "true");
    }
  }

  /// A signal ends the process through its shutdown hooks, which run concurrently: the broker's
  /// waits for the service, which still writes to the broker while it stops.
  private int serveOn(EmbeddedBroker broker) {
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("broker-stop")
                .unstarted(() -> {
                  try {
                    if (stopped.await(30, TimeUnit.SECONDS)) {
                      broker.close();
                    }
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }));
    try {
      return ServiceLauncher.runUntilStopped(this::reportAddress, this::reportReady);
    } finally {
      stopped.countDown();
    }
  }

  private static EmbeddedBroker startBroker(ChronoscopeConfig settings) {
    try {
      return EmbeddedBroker.start(
          EmbeddedBroker.Settings.in(
              ConfigLoader.resolve(settings, settings.kafka().embeddedData()),
              settings.kafka().embeddedPort()));
    } catch (IllegalStateException e) {
      throw new EnvironmentException(
          e.getMessage() + "; --broker-port picks another port, --data another folder", e);
    }
  }
}
