package io.chronoscope.cli.chaos;

import io.chronoscope.broker.FreePorts;
import io.chronoscope.cli.run.SelfProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// One instance of the service, as a process of its own.
final class Instance implements AutoCloseable {

  private static final Pattern LOG_PREFIX = Pattern.compile("^[0-9:.]+ [A-Z]+ +\\S+ +");
  private static final int MAX_SHOWN = 200;
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Process process;
  private final Path log;
  private final int managementPort;

  private Instance(Process process, Path log, int managementPort) {
    this.process = process;
    this.log = log;
    this.managementPort = managementPort;
  }

  /// @param prefix put before its command; empty for none
  /// @param javaOptions of its JVM
  /// @param environment settings, as environment variables
  /// @param log receives what it prints
  static Instance start(
      List<String> prefix,
      String bootstrapServers,
      List<String> javaOptions,
      Map<String, String> environment,
      Path log) {
    int managementPort = FreePorts.one();
    ProcessBuilder command =
        SelfProcess.of(
            javaOptions,
            List.of(
                "serve",
                "--bootstrap",
                bootstrapServers,
                "--port",
                "0",
                "--management-port",
                Integer.toString(managementPort)));
    command.command().addAll(0, prefix);
    command.environment().keySet().removeIf(name -> name.startsWith("KAFKA_"));
    command.environment().putAll(environment);
    try {
      Process process =
          command
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      return new Instance(process, log, managementPort);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /// The processes that it started, directly or not.
  List<ProcessHandle> children() {
    return process.descendants().toList();
  }

  /// SIGKILL, to it alone: what it started must notice by itself.
  void kill() {
    process.destroyForcibly();
  }

  /// SIGTERM.
  void terminate() {
    process.destroy();
  }

  /// @return its exit code, or -1 if it has not ended in time
  int awaitEnd(Duration atMost) throws InterruptedException {
    return process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS) ? process.exitValue() : -1;
  }

  /// Waits until it says that it is ready.
  ///
  /// @return whether it did so in time, and has not ended
  boolean awaitReady(Duration atMost) {
    long until = System.nanoTime() + atMost.toNanos();
    while (isAlive() && System.nanoTime() < until) {
      if (status("/q/health/ready") == 200) {
        return true;
      }
      LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
    }
    return false;
  }

  /// @return the status of a GET of its management interface, 0 when there is no answer
  int status(String path) {
    try {
      return HTTP.send(request(path), BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  private HttpRequest request(String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + managementPort + path))
        .timeout(Duration.ofSeconds(5))
        .build();
  }

  /// A field of its `/proc/PID/status` in the unit there (kB for memory), or -1 where there is
  /// none.
  long procStatus(String field) {
    try {
      return Files.readAllLines(Path.of("/proc", Long.toString(pid()), "status")).stream()
          .filter(line -> line.startsWith(field + ":"))
          .map(line -> line.replaceAll("\\D", ""))
          .mapToLong(Long::parseLong)
          .findFirst()
          .orElse(-1);
    } catch (IOException e) {
      return -1;
    }
  }

  /// The message of the first line of its log that contains something.
  Optional<String> said(String something) {
    return lines()
        .filter(line -> line.contains(something))
        .map(line -> LOG_PREFIX.matcher(line).replaceFirst(""))
        .map(line -> line.replace(String.valueOf(log.toAbsolutePath().getParent()), "…"))
        .map(line -> line.length() <= MAX_SHOWN ? line : line.substring(0, MAX_SHOWN) + "…")
        .findFirst();
  }

  private Stream<String> lines() {
    try {
      return Files.readString(log).lines();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The last line that it printed.
  String lastWords() {
    List<String> lines = lines().filter(line -> !line.isBlank()).toList();
    return lines.isEmpty() ? "(nothing)" : lines.getLast();
  }

  @Override
  public void close() throws InterruptedException {
    children().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().waitFor();
  }
}
