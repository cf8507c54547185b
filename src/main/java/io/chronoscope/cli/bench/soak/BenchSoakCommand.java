package io.chronoscope.cli.bench.soak;

import io.chronoscope.cli.console.Decimals;
import io.chronoscope.cli.console.FailureMessages;
import io.chronoscope.cli.console.FileTree;
import io.chronoscope.cli.console.ModelOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Version;
import io.chronoscope.cli.run.FileFeed;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.decode.VideoRepeater;
import io.chronoscope.domain.UnreadableMediaException;
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
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.ToLongFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Soak test: shows that the service's memory does not grow with the length of a stream, nor with
/// the time it runs.
@Command(
    name = "soak",
    aliases = "hours",
    description = {
      "Measures memory and throughput over hours.",
      "With --hours one long file passes through the service as one stream, as fast as it can. With"
          + " --minutes several streams play at a share of what the machine can analyze, and memory"
          + " is measured once a minute."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
public final class BenchSoakCommand implements Callable<Integer> {

  private static final String ROW = "%8s %8s %7s %10s %9s %10s %8s";

  private static final double DEFAULT_HOURS = 3;
  private static final int DEFAULT_LOAD_PERCENT = 80;

  /// Below this there are too few samples for a slope.
  private static final int MIN_MINUTES = 4;

  private static final int MAX_MINUTES = 60 * 24 * 30;
  private static final Duration CHUNK_LENGTH = Duration.ofSeconds(4);

  /// Key of each `--json` line that says what the line holds; older than the command's name.
  private static final String LINE_TYPE = "hours";

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description =
          "Video that is repeated (default: video-samples/long.mp4). With --minutes also a directory"
              + " of videos, each of which is a stream (default: video-samples).")
  Optional<Path> source = Optional.empty();

  @Option(
      names = "--hours",
      paramLabel = "N",
      description = "Length of the repeated video in hours (default: 3).")
  Optional<Double> hours = Optional.empty();

  @Option(
      names = "--minutes",
      paramLabel = "N",
      description =
          "Minutes of load by the clock instead of hours of video; the capacity is measured before,"
              + " once the service is warm.")
  Optional<Double> minutes = Optional.empty();

  @Option(
      names = "--load",
      paramLabel = "PERCENT",
      description = "With --minutes: share of the capacity that is sent (default: 80).")
  Optional<Integer> load = Optional.empty();

  @Option(
      names = "--picture",
      paramLabel = "FILE",
      description = "With --minutes: draws memory over time as a PNG file.")
  Optional<Path> picture = Optional.empty();

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

  public BenchSoakCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() throws IOException {
    requireUsable();
    model.apply();
    ChronoscopeConfig settings = ConfigLoader.load();
    Path directory = Files.createTempDirectory("chronoscope-soak");
    try {
      return minutes.isPresent()
          ? runUnderLoad(settings, minutes.get(), directory)
          : runByHours(settings, directory);
    } finally {
      FileTree.delete(directory);
    }
  }

  private void requireUsable() {
    double videoHours = hours.orElse(DEFAULT_HOURS);
    if (!(videoHours > 0 && videoHours <= 1000)
        || !(everyMinutes > 0)
        || !heap.matches("\\d+[kmgKMG]")) {
      throw new ConfigurationException(
          "--hours must be above 0 and at most 1000, --every above 0, --heap a size such as 512m");
    }
    if (minutes.isPresent() && hours.isPresent()) {
      throw new ConfigurationException("--minutes and --hours exclude each other");
    }
    if (minutes.isEmpty() && (load.isPresent() || picture.isPresent())) {
      throw new ConfigurationException("--load and --picture need --minutes");
    }
    if (minutes.isPresent() && !(minutes.get() >= MIN_MINUTES && minutes.get() <= MAX_MINUTES)) {
      throw new ConfigurationException(
          "--minutes must be between %d and %d".formatted(MIN_MINUTES, MAX_MINUTES));
    }
    if (load.isPresent() && (load.get() < 1 || load.get() > 100)) {
      throw new ConfigurationException("--load must be between 1 and 100 percent");
    }
  }

  private int runUnderLoad(ChronoscopeConfig settings, double length, Path directory)
      throws IOException {
    Duration duration = Duration.ofMillis(Math.round(length * 60_000));
    int percent = load.orElse(DEFAULT_LOAD_PERCENT);
    List<RepeatedVideo> videos = videos(source.orElse(Path.of("video-samples")));
    output.report(
        "%d streams; the service starts and warms up, then its capacity is measured"
            .formatted(videos.size()));
    LoadedSoakReport report = new LoadedSoakReport(output, json, percent, duration, picture);
    Map<String, SoakTally> results =
        new LoadedSoak(
                settings, videos, percent / 100.0, LoadedSoak.Durations.ofLoad(duration), report)
            .run(heap, model.arguments(), directory.resolve("service.log"));
    boolean flat = report.total(results);
    return flat ? ExitCode.OK : ExitCode.FAILED;
  }

  private static List<RepeatedVideo> videos(Path source) {
    List<Path> files = Files.isDirectory(source) ? FileFeed.videosIn(source) : List.of(source);
    return files.stream()
        .map(file -> new RepeatedVideo(FileFeed.streamOf(file), FileFeed.cut(file, CHUNK_LENGTH)))
        .toList();
  }

  private int runByHours(ChronoscopeConfig settings, Path directory) throws IOException {
    Path file = directory.resolve("soak.mp4");
    Duration length = repeatSource(source.orElse(Path.of("video-samples/long.mp4")), file);
    output.report(
        "%s of video, %.1f MB"
            .formatted(ClockTime.coarse(length.toMillis()), Files.size(file) / 1e6));
    run(settings, file, length, directory.resolve("service.log"));
    return ExitCode.OK;
  }

  private Duration repeatSource(Path video, Path file) {
    try {
      return new VideoRepeater()
          .repeat(
              video, Duration.ofMillis(Math.round(hours.orElse(DEFAULT_HOURS) * 3_600_000)), file);
    } catch (IOException e) {
      throw new EnvironmentException(
          "cannot repeat " + video + ": " + FailureMessages.reason(e), e);
    } catch (UnreadableMediaException e) {
      throw new IllegalArgumentException(video + ": " + e.getMessage(), e);
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
