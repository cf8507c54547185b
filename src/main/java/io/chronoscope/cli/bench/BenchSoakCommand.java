package io.chronoscope.cli.bench;

import io.chronoscope.cli.console.Decimals;
import io.chronoscope.cli.console.FailureMessages;
import io.chronoscope.cli.console.FileTree;
import io.chronoscope.cli.console.ModelOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Version;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.decode.UnreadableMediaException;
import io.chronoscope.decode.VideoRepeater;
import io.chronoscope.render.ClockTime;
import io.chronoscope.service.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToLongFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Soak test: shows that the service's memory does not grow with the length of a stream.
@Command(
    name = "soak",
    aliases = "hours",
    description = {
      "Measures memory and throughput over hours of video.",
      "One long file passes through the service as one stream."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
final class BenchSoakCommand implements Callable<Integer> {

  private static final String ROW = "%8s %8s %7s %10s %9s %10s %8s";

  /// Key of each `--json` line that says what the line holds; older than the command's name.
  private static final String LINE_TYPE = "hours";

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      defaultValue = "video-samples/long.mp4",
      description = "Video that is repeated (default: ${DEFAULT-VALUE}).")
  Path source = Path.of("video-samples/long.mp4");

  @Option(
      names = "--hours",
      paramLabel = "N",
      defaultValue = "3",
      description = "Length of the repeated video in hours (default: ${DEFAULT-VALUE}).")
  double hours = 3;

  @Option(
      names = "--every",
      paramLabel = "MINUTES",
      defaultValue = "15",
      description = "Minutes of video between two rows (default: ${DEFAULT-VALUE}).")
  double everyMinutes = 15;

  @Option(
      names = "--heap",
      paramLabel = "SIZE",
      defaultValue = "512m",
      description = "Java heap of the service, committed at the start (default: ${DEFAULT-VALUE}).")
  String heap = "512m";

  @Mixin ModelOptions model = new ModelOptions();

  @Option(
      names = "--json",
      description = "Prints one JSON object for each row, then one for the whole run.")
  boolean json;

  private final Output output;

  BenchSoakCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() throws IOException {
    if (!(hours > 0 && hours <= 1000) || !(everyMinutes > 0) || !heap.matches("\\d+[kmgKMG]")) {
      throw new ConfigurationException(
          "--hours must be above 0 and at most 1000, --every above 0, --heap a size such as 512m");
    }
    model.apply();
    ChronoscopeConfig settings = ConfigLoader.load();
    Path directory = Files.createTempDirectory("chronoscope-soak");
    Path file = directory.resolve("soak.mp4");
    Path log = directory.resolve("service.log");
    try {
      Duration length = repeatSource(file);
      output.report(
          "%s of video, %.1f MB"
              .formatted(ClockTime.coarse(length.toMillis()), Files.size(file) / 1e6));
      run(settings, file, length, log);
      return ExitCode.OK;
    } finally {
      FileTree.delete(directory);
    }
  }

  private Duration repeatSource(Path file) {
    try {
      return new VideoRepeater()
          .repeat(source, Duration.ofMillis(Math.round(hours * 3_600_000)), file);
    } catch (IOException e) {
      throw new EnvironmentException(
          "cannot repeat " + source + ": " + FailureMessages.reason(e), e);
    } catch (UnreadableMediaException e) {
      throw new IllegalArgumentException(source + ": " + e.getMessage(), e);
    }
  }

  private void run(ChronoscopeConfig settings, Path file, Duration length, Path log)
      throws IOException {
    if (!json) {
      output.print(
          ROW.formatted(
              "video", "heap MB", "RSS MB", "native MB", "state kB", "video s/s", "windows"));
    }
    List<SoakRun.Row> rows = new ArrayList<>();
    long startNanos = System.nanoTime();
    SoakRun.Outcome outcome =
        new SoakRun(
                settings,
                file,
                Duration.ofMillis(Math.round(everyMinutes * 60_000)),
                row -> {
                  rows.add(row);
                  printRow(row);
                })
            .run(heap, model.arguments(), log);
    printTotal(length, Duration.ofNanos(System.nanoTime() - startNanos), rows, outcome);
  }

  private void printRow(SoakRun.Row row) {
    if (json) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put(LINE_TYPE, "row");
      line.put("videoMs", row.videoMs());
      line.put("heapBytes", row.memory().heapBytes());
      line.put("residentBytes", row.memory().residentBytes());
      line.put("nativeBytes", row.memory().nativeBytes());
      line.put("stateBytes", row.stateBytes());
      line.put("videoPerSecond", row.videoPerSecond());
      line.put("windows", row.windows());
      output.printJson(line);
      return;
    }
    output.print(
        ROW.formatted(
            ClockTime.coarse(row.videoMs()),
            Decimals.of(row.memory().heapBytes() / 1e6, 1),
            Decimals.of(row.memory().residentBytes() / 1e6, 1),
            Decimals.of(row.memory().nativeBytes() / 1e6, 1),
            Decimals.of(row.stateBytes() / 1e3, 1),
            Decimals.of(row.videoPerSecond(), 1),
            row.windows()));
  }

  private void printTotal(
      Duration length, Duration took, List<SoakRun.Row> rows, SoakRun.Outcome outcome) {
    Map<String, Object> total = new LinkedHashMap<>();
    total.put(LINE_TYPE, "all");
    total.put("videoMs", length.toMillis());
    total.put("tookMs", took.toMillis());
    total.putAll(outcome.tally().figures());
    total.put("largestStateBytes", outcome.stateBytes());
    total.put("heapGrowth", growth(rows, row -> row.memory().heapBytes()));
    total.put("residentGrowth", growth(rows, row -> row.memory().residentBytes()));
    if (json) {
      output.printJson(total);
      return;
    }
    output.print("");
    total.remove(LINE_TYPE);
    total.forEach((name, value) ->
        output.print(
            "%-20s %s".formatted(name, value instanceof Double d ? Decimals.of(d, 2) : value)));
  }

  /// Returns the maximum relative to the first row.
  private static double growth(List<SoakRun.Row> rows, ToLongFunction<SoakRun.Row> size) {
    long first = size.applyAsLong(rows.getFirst());
    return (double) rows.stream().mapToLong(size).max().orElse(first) / first;
  }
}
