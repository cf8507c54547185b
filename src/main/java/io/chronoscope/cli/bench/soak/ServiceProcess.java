package io.chronoscope.cli.bench.soak;

import io.chronoscope.broker.FreePorts;
import io.chronoscope.cli.run.SelfProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// The service in a process of its own, so that its memory can be measured.
final class ServiceProcess implements AutoCloseable {

  private final Process process;
  private final int managementPort;
  private final Path log;

  private ServiceProcess(Process process, int managementPort, Path log) {
    this.process = process;
    this.managementPort = managementPort;
    this.log = log;
  }

  /// @param servers the brokers that the service connects to
  /// @param heap size of the Java heap, such as `512m`. The process commits all of it at the start,
  ///   so that any growth is outside the heap
  /// @param modelOptions arguments of `serve`
  /// @param log file that receives the output of the process
  /// @param javaOptions further options of its JVM
  static ServiceProcess start(
      String servers, String heap, List<String> javaOptions, List<String> modelOptions, Path log)
      throws IOException {
    int managementPort = FreePorts.one();
    List<String> arguments =
        new ArrayList<>(List.of("serve", "--bootstrap", servers, "--port", "0"));
    arguments.addAll(List.of("--management-port", Integer.toString(managementPort)));
    arguments.addAll(modelOptions);
    List<String> jvm =
        new ArrayList<>(List.of("-Xms" + heap, "-Xmx" + heap, "-XX:+AlwaysPreTouch"));
    jvm.addAll(javaOptions);
    ProcessBuilder command = SelfProcess.of(jvm, arguments);
    Map<String, String> environment = command.environment();
    environment.keySet().removeIf(name -> name.startsWith("KAFKA_"));
    // Small enough for the queue and the caches to be full long before the first row.
    environment.putIfAbsent("CHRONOSCOPE_QUEUE_MAX_BYTES", "8M");
    environment.putIfAbsent("CHRONOSCOPE_CACHE_MAX_BYTES", "8M");
    environment.putIfAbsent("CHRONOSCOPE_CACHE_MAX_PREFIX_BYTES", "64M");
    environment.putIfAbsent("CHRONOSCOPE_LOG_LEVEL", "WARN");
    Process process =
        command
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(process::destroy));
    return new ServiceProcess(process, managementPort, log);
  }

  long pid() {
    return process.pid();
  }

  /// What its metrics say about its memory.
  MemoryGauges memoryGauges() throws IOException {
    return MemoryGauges.of(managementPort);
  }

  /// Resident size of its decode workers together, in bytes.
  long workersBytes() {
    return process.descendants().mapToLong(ServiceProcess::residentBytes).sum();
  }

  /// A worker may be replaced at any moment.
  private static long residentBytes(ProcessHandle worker) {
    try {
      return ProcessMemory.residentBytes(worker.pid());
    } catch (IOException e) {
      return 0;
    }
  }

  /// CPU time of the process and its present workers.
  Duration cpuTime() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants())
        .map(one -> one.info().totalCpuDuration())
        .flatMap(Optional::stream)
        .reduce(Duration.ZERO, Duration::plus);
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
