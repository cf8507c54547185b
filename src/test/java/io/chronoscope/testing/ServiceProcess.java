package io.chronoscope.testing;

import io.chronoscope.broker.FreePorts;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The packaged service as a process of its own.
public final class ServiceProcess implements AutoCloseable {

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Process process;
  private final int managementPort;
  private final Path log;
  private final long startedNanos = System.nanoTime();

  private ServiceProcess(Process process, int managementPort, Path log) {
    this.process = process;
    this.managementPort = managementPort;
    this.log = log;
  }

  /// What makes instances one service.
  public record Setup(
      String bootstrapServers, String group, TopicNames topics, Map<String, String> more) {

    private Map<String, String> environment() {
      Map<String, String> environment = new HashMap<>();
      environment.put("KAFKA_BOOTSTRAP_SERVERS", bootstrapServers);
      // How soon the group notices that an instance was killed.
      environment.put("KAFKA_SESSION_TIMEOUT_MS", "3000");
      environment.put("KAFKA_HEARTBEAT_INTERVAL_MS", "500");
      environment.put("CHRONOSCOPE_KAFKA_GROUP", group);
      for (Topic topic : Topic.values()) {
        String variable = topic.setting().toUpperCase(Locale.ROOT).replaceAll("[.-]", "_");
        environment.put(variable, topics.of(topic));
      }
      environment.putAll(more);
      return environment;
    }
  }

  /// @param log what it says, appended
  public static ServiceProcess start(Setup setup, Path log) {
    return start(setup, log, 0);
  }

  /// @param log what it says, appended
  /// @param port of its HTTP interface, 0 for a free one
  public static ServiceProcess start(Setup setup, Path log, int port) {
    return start(PackagedProgram.HOME, setup, log, port);
  }

  /// @param checkout whose packaged program runs
  /// @param log what it says, appended
  public static ServiceProcess start(Path checkout, Setup setup, Path log) {
    return start(checkout, setup, log, 0);
  }

  private static ServiceProcess start(Path checkout, Setup setup, Path log, int port) {
    int managementPort = FreePorts.one();
    ProcessBuilder command =
        new ProcessBuilder(
            PackagedProgram.command(
                checkout,
                PackagedProgram.SMALL,
                List.of(
                    "serve",
                    "--port",
                    Integer.toString(port),
                    "--management-port",
                    Integer.toString(managementPort))));
    command.environment().putAll(setup.environment());
    try {
      Process process =
          command
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      return new ServiceProcess(process, managementPort, log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public Duration lived() {
    return Duration.ofNanos(System.nanoTime() - startedNanos);
  }

  /// SIGKILL.
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /// SIGTERM.
  ///
  /// @return whether it ended in time
  public boolean terminate(Duration atMost) throws InterruptedException {
    process.destroy();
    return process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// @return what it ended with
  public int awaitEnd(Duration atMost) throws InterruptedException {
    if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("it did not end within " + atMost + "\n" + said());
    }
    return process.exitValue();
  }

  public String said() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Gets health or metrics.
  public HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create("http://localhost:" + managementPort + path)).build(),
        BodyHandlers.ofString());
  }

  /// Whether its health check says that it is ready; false as well while it does not listen yet.
  public boolean isReady() throws InterruptedException {
    try {
      return get("/q/health/ready").statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }
}
