package io.chronoscope.cli;

import io.chronoscope.cli.console.InputFiles;
import io.chronoscope.cli.console.InputRateOption;
import io.chronoscope.cli.console.ModelOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.PointInTime;
import io.chronoscope.cli.console.SecondsConverter;
import io.chronoscope.cli.console.SettingOverrides;
import io.chronoscope.cli.console.Version;
import io.chronoscope.cli.events.ResultLines;
import io.chronoscope.cli.run.FileAnalysis;
import io.chronoscope.cli.run.FileFeed;
import io.chronoscope.cli.run.StreamResults;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.render.Progress;
import io.chronoscope.render.TimelineText;
import io.chronoscope.service.ExitCode;
import io.chronoscope.wire.ResultJson;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Analyzes files without Kafka.
@Command(
    name = "analyze",
    description = "Shows what happens in video files, and when. Does not need Kafka.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
final class AnalyzeCommand implements Callable<Integer> {

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "Video files; each is a stream of its own.")
  List<Path> files = new ArrayList<>();

  @Option(
      names = "--query",
      paramLabel = "TEXT",
      description = "Looks only for this, instead of everything that happens.")
  Optional<String> query = Optional.empty();

  @Option(
      names = "--fps",
      paramLabel = "F",
      description =
          "Samples exactly this many frames per second, instead of adapting to the activity.")
  Optional<Double> fps = Optional.empty();

  @Option(
      names = "--start-time",
      paramLabel = "T",
      converter = PointInTime.class,
      description = "Start of the videos, such as 2026-05-04T12:00:00Z (default: now).")
  Optional<Instant> startTime = Optional.empty();

  @Option(
      names = "--chunk-seconds",
      paramLabel = "S",
      defaultValue = "4",
      converter = SecondsConverter.class,
      description =
          "Minimum length of the chunks that files are cut into (default: ${DEFAULT-VALUE}).")
  Duration chunkLength = Duration.ofSeconds(4);

  @Mixin InputRateOption inputRate = new InputRateOption();

  @Mixin ModelOptions model = new ModelOptions();

  @Option(names = "--json", description = "Prints one JSON object on each line, as on the topics.")
  boolean json;

  private final Output output;

  AnalyzeCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    if (query.filter(String::isBlank).isPresent()) {
      throw new ConfigurationException("--query is blank; it says what to look for");
    }
    files.forEach(InputFiles::requireFile);
    OptionalDouble inputFps = inputRate.rate();
    if (inputFps.isPresent()) {
      files.forEach(FileFeed::requireElementaryStream);
    }
    model.apply();
    fps.ifPresent(rate -> SettingOverrides.set("chronoscope.sampling.fixed-fps", rate.toString()));
    ChronoscopeConfig settings = ConfigLoader.load();
    Instant start = startTime.orElseGet(() -> Instant.now().truncatedTo(ChronoUnit.MILLIS));
    Map<String, Path> streams = new LinkedHashMap<>();
    for (Path file : files) {
      String stream = FileFeed.streamOf(file);
      if (streams.putIfAbsent(stream, file) != null) {
        throw new ConfigurationException("two of the files have the name " + stream);
      }
    }
    Map<String, StreamResults> results;
    boolean unreadable;
    try (Progress progress = new Progress(output.err(), output.errTerminal())) {
      FileAnalysis analysis =
          new FileAnalysis(
              settings,
              query,
              progress,
              result -> {
                if (json) {
                  output.printJson(ResultJson.write(result));
                }
              });
      results = analysis.run(streams, chunkLength, inputFps, start);
      unreadable = analysis.hasUnreadableFiles();
    }
    if (!json) {
      print(results);
    }
    boolean rejected = results.values().stream().anyMatch(one -> !one.deadLetters().isEmpty());
    return unreadable || rejected ? ExitCode.FAILED : ExitCode.OK;
  }

  private void print(Map<String, StreamResults> streams) {
    TimelineText text = new TimelineText(output.outTerminal());
    streams.forEach((name, results) -> {
      text.draw(results.timeline(name, Optional.empty())).forEach(output::print);
      results
          .deadLetters()
          .forEach(deadLetter -> output.print("  " + ResultLines.withoutStream(deadLetter)));
      output.print("");
    });
  }
}
