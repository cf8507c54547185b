package io.chronoscope.cli.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.checkpoint.CheckpointHints;
import io.chronoscope.cli.console.BusyMachine;
import io.chronoscope.cli.console.Decimals;
import io.chronoscope.cli.console.InputFiles;
import io.chronoscope.cli.console.ModelOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.SettingOverrides;
import io.chronoscope.cli.console.Table;
import io.chronoscope.cli.console.Version;
import io.chronoscope.cli.run.SelfProcess;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.render.SaturationPicture;
import io.chronoscope.service.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import javax.imageio.ImageIO;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Overload test: how far the service falls behind when it receives more video than it can analyze,
/// and what it still finds.
///
/// A first phase sends all videos at once and without load shedding, which measures the capacity of
/// the machine. Then, for each multiple of that capacity, cameras play the same videos in real
/// time. Each phase runs in a process of its own. All figures come from published records, except
/// the memory, which is the peak of the process, including the broker and the load generator.
@Command(
    name = "load",
    description = {
      "Measures the lag and the accuracy under overload.",
      "Cameras play videos in real time, as many as produce 1, 2 and 4 times the video that this"
          + " machine can analyze."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
final class BenchLoadCommand implements Callable<Integer> {

  private static final ObjectMapper JSON = new ObjectMapper();

  /// 80 columns.
  private static final Table PHASES =
      Table.empty()
          .text("load", 5)
          .figure("cams", 4)
          .figure("p50 s", 5)
          .figure("p95 s", 5)
          .figure("max s", 5)
          .figure("end s", 5)
          .figure("fps", 5)
          .figure("tok/s", 5)
          .figure("seen", 4)
          .figure("level", 5)
          .figure("mIoU", 4)
          .figure("R1@.5", 5)
          .figure("wrong", 6)
          .figure("MiB", 4);

  @Parameters(
      paramLabel = "DIR",
      arity = "0..1",
      defaultValue = "video-samples",
      description = "Directory of videos with ground-truth files (default: ${DEFAULT-VALUE}).")
  Path folder = Path.of("video-samples");

  @Option(
      names = "--factors",
      split = ",",
      paramLabel = "N",
      defaultValue = "1,2,4",
      description = "Multiples of the machine's capacity (default: ${DEFAULT-VALUE}).")
  List<Double> factors = List.of();

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "120",
      description = "Duration of each phase in seconds (default: ${DEFAULT-VALUE}).")
  int seconds = 120;

  @Option(
      names = "--streams",
      split = ",",
      paramLabel = "N",
      description =
          "Numbers of cameras instead of multiples of the capacity, without load shedding: shows"
              + " where the machine saturates.")
  List<Integer> streams = List.of();

  @Option(
      names = "--picture",
      paramLabel = "FILE",
      description = "With --streams: draws throughput and latency as a PNG file.")
  Optional<Path> picture = Optional.empty();

  @Option(
      names = "--target",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description =
          "Lag in seconds at which load shedding starts, 0 for never (default: ${DEFAULT-VALUE}).")
  double target = 10;

  @Option(
      names = "--capacity",
      paramLabel = "N",
      description =
          "Seconds of video that this machine can analyze per second (default: measured first).")
  Optional<Double> capacity = Optional.empty();

  @Option(
      names = "--cameras",
      hidden = true,
      description =
          "Runs a single phase in this process with this many cameras; 0 sends all videos at once.")
  int cameras = -1;

  @Mixin ModelOptions model = new ModelOptions();

  @Option(names = "--json", description = "Prints one JSON object for each phase.")
  boolean json;

  private final Output output;

  BenchLoadCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() throws IOException {
    if (seconds < 10
        || !(target >= 0)
        || streams.stream().anyMatch(count -> count < 1)
        || factors.stream().anyMatch(factor -> !(factor > 0))) {
      throw new ConfigurationException(
          "--seconds must be 10 or more, --target 0 or more, --factors and --streams above 0");
    }
    if (cameras >= 0) {
      return runPhase();
    }
    InputFiles.requireFolder(folder);
    announce();
    if (!json) {
      output.print(PHASES.heading());
    }
    return streams.isEmpty() ? runFactors() : runStreams();
  }

  private void announce() {
    boolean byFactor = streams.isEmpty();
    output.report(
        LoadPlan.duration(
            byFactor ? factors.size() : streams.size(), seconds, byFactor && capacity.isEmpty()));
    BusyMachine.warning().ifPresent(output::message);
    LoadPlan.warnings(seconds, windowLength()).forEach(output::message);
  }

  private Duration windowLength() {
    model.apply();
    ChronoscopeConfig settings = ConfigLoader.load();
    return LayerSettings.windows(
            settings, CheckpointHints.of(ConfigLoader.resolve(settings, settings.model())))
        .length();
  }

  private int runStreams() throws IOException {
    List<SaturationPicture.Point> points = new ArrayList<>();
    for (int count : streams) {
      JsonNode phase = startPhase(count, 0);
      print("real", phase);
      points.add(
          new SaturationPicture.Point(
              count,
              phase.path("videoPerSecond").asDouble(),
              phase.path("eventP50Seconds").asDouble(),
              phase.path("eventP95Seconds").asDouble(),
              phase.path("eventP99Seconds").asDouble()));
    }
    if (picture.isPresent()) {
      draw(points, picture.get());
    }
    return ExitCode.OK;
  }

  private void draw(List<SaturationPicture.Point> points, Path file) throws IOException {
    String title = "Streams in real time, %d s each".formatted(seconds);
    if (!ImageIO.write(SaturationPicture.draw(title, points), "png", file.toFile())) {
      throw new IOException("cannot write " + file + ": no writer for PNG");
    }
    output.message("wrote " + file);
  }

  private int runFactors() throws IOException {
    double videoPerSecond = capacity.isPresent() ? capacity.get() : measureCapacity();
    LoadPlan.warnings(factors, videoPerSecond).forEach(output::message);
    for (double factor : factors) {
      int count = LoadPlan.cameras(factor, videoPerSecond);
      print(Decimals.of(factor, 1) + "x", startPhase(count, target));
    }
    return ExitCode.OK;
  }

  private int runPhase() throws IOException {
    model.apply();
    if (cameras > 0 && target > 0) {
      SettingOverrides.set("chronoscope.shedding.target-lag", Math.round(target * 1000) + "ms");
    }
    output.printJson(new LoadPhase(ConfigLoader.load(), folder, cameras, seconds).run());
    return ExitCode.OK;
  }

  private double measureCapacity() throws IOException {
    output.report("measuring the capacity of this machine …");
    JsonNode phase = startPhase(0, target);
    double videoPerSecond = phase.path("videoPerSecond").asDouble();
    print("burst", phase);
    output.report("this machine analyzes %.1f s of video per second".formatted(videoPerSecond));
    if (!(videoPerSecond > 0)) {
      throw new IllegalStateException("no video was analyzed: " + phase);
    }
    return videoPerSecond;
  }

  /// Runs a phase in a new process and waits for its figures.
  ///
  /// @param targetLag as `--target`
  private JsonNode startPhase(int count, double targetLag) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("bench", "load", folder.toString()));
    arguments.addAll(List.of("--cameras", Integer.toString(count)));
    arguments.addAll(List.of("--seconds", Integer.toString(seconds)));
    arguments.addAll(List.of("--target", Double.toString(targetLag)));
    arguments.addAll(model.arguments());
    Process process =
        SelfProcess.of(List.of(), arguments).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (var in = process.getInputStream()) {
      String printed = new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
      int status = process.waitFor();
      if (status != ExitCode.OK) {
        throw new IllegalStateException(
            "the phase with %d cameras failed with exit code %d".formatted(count, status));
      }
      return JSON.readTree(printed.lines().toList().getLast());
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted during a phase", e);
    }
  }

  private void print(String load, JsonNode phase) {
    if (json) {
      output.printJson(phase.<ObjectNode>deepCopy().put("load", load));
      return;
    }
    output.print(
        PHASES.row(
            load,
            phase.path("cameras").asText(),
            decimal(phase, "lagP50Seconds", 1),
            decimal(phase, "lagP95Seconds", 1),
            decimal(phase, "lagMaxSeconds", 1),
            decimal(phase, "lagAtEndSeconds", 1),
            decimal(phase, "fps", 2),
            decimal(phase, "tokensPerSecond", 0),
            decimal(phase, "seen", 2),
            "%s/%d".formatted(decimal(phase, "loadLevel", 1), phase.path("loadLevelMax").asInt()),
            decimal(phase, "mIoU", 2),
            decimal(phase, "R1@0.5", 2),
            "%d/%d".formatted(phase.path("invented").asInt(), phase.path("answers").asInt()),
            phase.path("peakMemoryMiB").asInt()));
  }

  private static String decimal(JsonNode phase, String field, int digits) {
    return Decimals.of(phase.path(field).asDouble(), digits);
  }
}
