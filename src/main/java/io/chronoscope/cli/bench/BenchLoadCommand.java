package io.chronoscope.cli.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.cli.console.ModelOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.SettingOverrides;
import io.chronoscope.cli.console.Version;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.service.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// More video than the machine can look at: how far behind it falls, and what it still finds.
///
/// First everything is sent at once and looked at as asked: that is what the machine can do. Then
/// cameras play the same videos in real time, as many as make up each multiple of it. Each phase is
/// a process of its own; all figures come from the records that consumers read, but for the memory,
/// which is the most that the process had (broker and generator are part of it).
@Command(
    name = "load",
    description = {
      "Plays cameras in real time, as many as make up 1, 2 and 4 times what this machine can do,",
      "and shows how far it falls behind and what it still finds."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
public final class BenchLoadCommand implements Callable<Integer> {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Parameters(
      paramLabel = "DIR",
      arity = "0..1",
      defaultValue = "video-samples",
      description = "Videos with truth files beside them (default video-samples).")
  Path folder = Path.of("video-samples");

  @Option(
      names = "--factors",
      split = ",",
      paramLabel = "N",
      defaultValue = "1,2,4",
      description = "Multiples of what the machine can do (default 1,2,4).")
  List<Double> factors = List.of();

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "120",
      description = "How long cameras play in each phase (default 120).")
  int seconds = 120;

  @Option(
      names = "--target",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "Target lag (default 10).")
  double target = 10;

  @Option(
      names = "--capacity",
      description =
          "Seconds of video a second that the machine can do; measured first when not given.")
  Optional<Double> capacity = Optional.empty();

  @Option(
      names = "--cameras",
      hidden = true,
      description = "One phase only, in this process: so many cameras; 0 sends all at once.")
  int cameras = -1;

  @Mixin ModelOptions model = new ModelOptions();

  @Option(names = "--json", description = "One object a line for each phase.")
  boolean json;

  private final Output output;

  public BenchLoadCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() throws IOException {
    if (seconds < 10 || !(target > 0) || factors.stream().anyMatch(factor -> !(factor > 0))) {
      throw new ConfigurationException(
          "--seconds must be 10 or more, --target and --factors above zero");
    }
    if (cameras >= 0) {
      model.apply();
      if (cameras > 0) {
        SettingOverrides.set("chronoscope.load.target-lag", Math.round(target * 1000) + "ms");
      }
      output.printJson(new LoadPhase(ConfigLoader.load(), folder, cameras, seconds).run());
      return ExitCode.OK;
    }
    if (!json) {
      output.print(
          HEAD.formatted(
              "load",
              "cameras",
              "lag p50",
              "p95",
              "max",
              "at end",
              "fps",
              "tokens/s",
              "seen",
              "level",
              "mIoU",
              "R1@.5",
              "invented",
              "memory"));
    }
    double able = capacity.isPresent() ? capacity.get() : measured();
    for (double factor : factors) {
      int count = Math.max(1, (int) Math.round(factor * able));
      tell(decimal(factor, 1) + "x", phase(count));
    }
    return ExitCode.OK;
  }

  private double measured() throws IOException {
    output.report("measuring what this machine can do …");
    JsonNode all = phase(0);
    double able = all.path("videoPerSecond").asDouble();
    tell("at once", all);
    output.report("this machine looks at %.1f s of video a second".formatted(able));
    if (!(able > 0)) {
      throw new IllegalStateException("nothing was looked at: " + all);
    }
    return able;
  }

  private JsonNode phase(int count) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("bench", "load", folder.toString()));
    arguments.addAll(List.of("--cameras", Integer.toString(count)));
    arguments.addAll(List.of("--seconds", Integer.toString(seconds)));
    arguments.addAll(List.of("--target", Double.toString(target)));
    arguments.addAll(model.arguments());
    Process process =
        SelfProcess.of(List.of(), arguments).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (var in = process.getInputStream()) {
      String said = new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
      int status = process.waitFor();
      if (status != ExitCode.OK) {
        throw new IllegalStateException("a phase with " + count + " cameras ended with " + status);
      }
      return JSON.readTree(said.lines().toList().getLast());
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static final String HEAD = "%-8s %7s %8s %6s %6s %6s %5s %9s %5s %6s %6s %6s  %-12s %8s";

  private void tell(String name, JsonNode phase) {
    if (json) {
      output.printJson(phase.<ObjectNode>deepCopy().put("load", name));
      return;
    }
    output.print(
        HEAD.formatted(
            name,
            phase.path("cameras").asText(),
            decimal(phase.path("lagP50Seconds").asDouble(), 1),
            decimal(phase.path("lagP95Seconds").asDouble(), 1),
            decimal(phase.path("lagMaxSeconds").asDouble(), 1),
            decimal(phase.path("lagAtEndSeconds").asDouble(), 1),
            decimal(phase.path("fps").asDouble(), 2),
            decimal(phase.path("tokensPerSecond").asDouble(), 0),
            decimal(phase.path("seen").asDouble(), 2),
            "%s/%d"
                .formatted(
                    decimal(phase.path("loadLevel").asDouble(), 1),
                    phase.path("loadLevelMax").asInt()),
            decimal(phase.path("mIoU").asDouble(), 3),
            decimal(phase.path("R1@0.5").asDouble(), 3),
            "%d of %d".formatted(phase.path("invented").asInt(), phase.path("answers").asInt()),
            phase.path("peakMemoryMiB").asInt() + " MiB"));
  }

  private static String decimal(double number, int digits) {
    return String.format(Locale.ROOT, "%." + digits + "f", number);
  }
}
