package io.chronoscope.cli.bench;

import io.chronoscope.cli.run.SelfProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The service in a process of its own, so that its memory can be measured.
final class ServiceProcess implements AutoCloseable {

  private final Process process;
  private final Path log;

  private ServiceProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /// @param servers the brokers that the service connects to
  /// @param heap size of the Java heap, such as `512m`. The process commits all of it at the start,
  ///   so that any growth is outside the heap
  /// @param modelOptions arguments of `serve`
  /// @param log file that receives the output of the process
  static ServiceProcess start(String servers, String heap, List<String> modelOptions, Path log)
      throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("serve", "--bootstrap", servers, "--port", "0"));
    arguments.addAll(modelOptions);
    ProcessBuilder command =
        SelfProcess.of(List.of("-Xms" + heap, "-Xmx" + heap, "-XX:+AlwaysPreTouch"), arguments);
    Map<String, String> environment = command.environment();
    environment.keySet().removeIf(name -> name.startsWith("KAFKA_"));
    // Small enough for the queue and the cache to be full long before the first row.
    environment.putIfAbsent("CHRONOSCOPE_QUEUE_MAX_BYTES", "8M");
    environment.putIfAbsent("CHRONOSCOPE_CACHE_MAX_BYTES", "8M");
    environment.putIfAbsent("CHRONOSCOPE_LOG_LEVEL", "WARN");
    Process process =
        command
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(process::destroy));
    return new ServiceProcess(process, log);
  }

  long pid() {
    return process.pid();
  }

  /// @throws IllegalStateException when the process has ended
  void requireAlive() throws IOException {
    if (!process.isAlive()) {
      throw failure("the service ended with exit code " + process.exitValue());
    }
  }

  /// Creates an exception whose message includes the log.
  IllegalStateException failure(String message) throws IOException {
    return new IllegalStateException(message + ":\n" + Files.readString(log));
  }

  /// Stops the process and waits until it has ended.
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(1, TimeUnit.MINUTES)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
