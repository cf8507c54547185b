package io.chronoscope.cli.selfcheck;

import io.chronoscope.cli.console.Version;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What a report must say about the machine and the program for its figures to mean something.
///
/// @param processor as the system names it; empty where it does not
/// @param cores that this process may use
/// @param loadAverage when the check began; above half the cores, figures are worth little
/// @param gpu name, driver and memory as `nvidia-smi` prints them; empty without it
record MachineFacts(
    String system,
    Optional<String> processor,
    int cores,
    long memoryBytes,
    double loadAverage,
    Optional<String> gpu,
    String chronoscope,
    String java) {

  static MachineFacts read() {
    var system =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return new MachineFacts(
        "%s %s %s"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("os.arch")),
        findProcessor(),
        Runtime.getRuntime().availableProcessors(),
        system.getTotalMemorySize(),
        system.getSystemLoadAverage(),
        findGpu(),
        Version.number(),
        Runtime.version().toString());
  }

  private static Optional<String> findProcessor() {
    Path facts = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(facts)) {
      return Optional.empty();
    }
    try (var lines = Files.lines(facts)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> findGpu() {
    try {
      Process query =
          new ProcessBuilder(
                  List.of(
                      "nvidia-smi",
                      "--query-gpu=name,driver_version,memory.total",
                      "--format=csv,noheader"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String said =
          new String(query.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return said.isEmpty() ? Optional.empty() : Optional.of(said.lines().toList().getFirst());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
