package io.chronoscope.cli.bench;

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
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToLongFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Hours of video as one stream, to see that the service's memory does not depend on how many.
@Command(
    name = "hours",
    description = {
      "Sends one long file through the service as one stream, and shows how much memory the service",
      "takes while it looks at it."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
public final class BenchSoakCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      defaultValue = "video-samples/long.mp4",
      description = "A video that is played over and over (default video-samples/long.mp4).")
  Path source = Path.of("video-samples/long.mp4");

  @Option(
      names = "--hours",
      paramLabel = "N",
      defaultValue = "3",
      description = "How long the file is to be (default 3).")
  double hours = 3;

  @Option(
      names = "--every",
      paramLabel = "MINUTES",
      defaultValue = "15",
      description = "A row for so many minutes of video (default 15).")
  double everyMinutes = 15;

  @Option(
      names = "--heap",
      paramLabel = "SIZE",
      defaultValue = "512m",
      description = "The service's Java heap, all of it from the beginning (default 512m).")
  String heap = "512m";

  @Mixin ModelOptions model = new ModelOptions();

  @Option(names = "--json", description = "One object a line for each row, and one for all.")
  boolean json;

  private final Output output;

  public BenchSoakCommand(Output output) {
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
    Path directory = Files.createTempDirectory("chronoscope-hours");
    Path file = directory.resolve("hours.mp4");
    Path log = directory.resolve("service.log");
    try {
      Duration length = make(file);
      output.report(
          "%s of video, %.1f MB"
              .formatted(ClockTime.coarse(length.toMillis()), Files.size(file) / 1e6));
      List<SoakRun.Row> rows = new ArrayList<>();
      if (!json) {
        output.print(
            HEAD.formatted(
                "video", "heap MB", "RSS MB", "native MB", "state kB", "video s/s", "windows"));
      }
      long beganNanos = System.nanoTime();
      SoakRun.Outcome outcome =
          new SoakRun(
                  settings,
                  file,
                  heap,
                  model.arguments(),
                  Duration.ofMillis(Math.round(everyMinutes * 60_000)),
                  row -> {
                    rows.add(row);
                    tell(row);
                  })
              .run(log);
      tell(length, Duration.ofNanos(System.nanoTime() - beganNanos), rows, outcome);
      return ExitCode.OK;
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(log);
      Files.deleteIfExists(directory);
    }
  }

  private Duration make(Path file) {
    try {
      return new VideoRepeater()
          .repeat(source, Duration.ofMillis(Math.round(hours * 3_600_000)), file);
    } catch (IOException e) {
      throw new EnvironmentException("cannot make a long file of " + source + ": " + e, e);
    } catch (UnreadableMediaException e) {
      throw new IllegalArgumentException(source + ": " + e.getMessage(), e);
    }
  }

  private static final String HEAD = "%8s %8s %7s %10s %9s %10s %8s";

  private void tell(SoakRun.Row row) {
    if (json) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("hours", "row");
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
        HEAD.formatted(
            ClockTime.coarse(row.videoMs()),
            megabytes(row.memory().heapBytes()),
            megabytes(row.memory().residentBytes()),
            megabytes(row.memory().nativeBytes()),
            decimal(row.stateBytes() / 1e3),
            decimal(row.videoPerSecond()),
            row.windows()));
  }

  private void tell(
      Duration length, Duration took, List<SoakRun.Row> rows, SoakRun.Outcome outcome) {
    double heapGrew = growth(rows, row -> row.memory().heapBytes());
    double residentGrew = growth(rows, row -> row.memory().residentBytes());
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("hours", "all");
    all.put("videoMs", length.toMillis());
    all.put("tookMs", took.toMillis());
    all.putAll(outcome.tally().figures());
    all.put("largestStateBytes", outcome.stateBytes());
    all.put("heapGrowth", heapGrew);
    all.put("residentGrowth", residentGrew);
    if (json) {
      output.printJson(all);
      return;
    }
    output.print("");
    all.forEach((name, value) ->
        output.print(
            "%-20s %s".formatted(name, value instanceof Double d ? twoDecimals(d) : value)));
  }

  /// The most, against the first row.
  private static double growth(List<SoakRun.Row> rows, ToLongFunction<SoakRun.Row> size) {
    long first = size.applyAsLong(rows.getFirst());
    return (double) rows.stream().mapToLong(size).max().orElse(first) / first;
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f", bytes / 1e6);
  }

  private static String decimal(double number) {
    return String.format(Locale.ROOT, "%.1f", number);
  }

  private static String twoDecimals(double number) {
    return String.format(Locale.ROOT, "%.2f", number);
  }
}
