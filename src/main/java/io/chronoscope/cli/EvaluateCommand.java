package io.chronoscope.cli;

import io.chronoscope.cli.console.ModelOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.SecondsConverter;
import io.chronoscope.cli.console.Version;
import io.chronoscope.cli.run.EmbeddedService;
import io.chronoscope.cli.run.FileFeed;
import io.chronoscope.cli.run.StreamResults;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.evaluation.Comparison;
import io.chronoscope.evaluation.GroundTruth;
import io.chronoscope.evaluation.Score;
import io.chronoscope.render.Progress;
import io.chronoscope.service.ExitCode;
import io.chronoscope.service.RateByStreamName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// How good the answers are, over a directory of videos with truth files, through the whole
/// service.
@Command(
    name = "evaluate",
    description = {
      "Measures how good the answers are, on videos with truth files.",
      "Every video of the directory goes through the whole service; what is found is compared with",
      "the NAME.events.json beside it: mean temporal IoU and R1@0.3/0.5/0.7, as Charades-STA counts."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
final class EvaluateCommand implements Callable<Integer> {

  @Parameters(paramLabel = "DIR", description = "Videos with their truth files.")
  Path folder = Path.of(".");

  @Option(
      names = "--fps",
      paramLabel = "F",
      split = ",",
      description =
          "Frames a second, several times or with commas (default: chosen by the service).")
  List<Double> rates = new ArrayList<>();

  @Option(
      names = "--chunk-seconds",
      paramLabel = "S",
      defaultValue = "4",
      converter = SecondsConverter.class,
      description = "Length of a chunk (default: ${DEFAULT-VALUE}).")
  Duration chunkLength = Duration.ofSeconds(4);

  @Mixin ModelOptions model = new ModelOptions();

  @Option(names = "--json", description = "One object a line: videos, then rates, then the total.")
  boolean json;

  private final Output output;

  EvaluateCommand(Output output) {
    this.output = output;
  }

  /// A video that goes through once for each rate.
  private record Asked(String video, Optional<Double> fps, String stream, GroundTruth truth) {}

  @Override
  public Integer call() throws IOException {
    for (double fps : rates) {
      if (!(fps > 0)) {
        throw new ConfigurationException("--fps is " + fps + ", not above zero");
      }
    }
    model.apply();
    ChronoscopeConfig settings = ConfigLoader.load();
    if (!Files.isDirectory(folder)) {
      throw new EnvironmentException("no directory " + folder);
    }
    List<Asked> asked = new ArrayList<>();
    List<EmbeddedService.Stream> streams = new ArrayList<>();
    for (Path file : FileFeed.videosIn(folder)) {
      Optional<GroundTruth> truth = GroundTruth.of(file);
      if (truth.isEmpty()) {
        output.report(file + " has no truth beside it, left out");
        continue;
      }
      String name = FileFeed.streamOf(file);
      var segments = FileFeed.cut(file, chunkLength);
      if (rates.isEmpty()) {
        asked.add(new Asked(name, Optional.empty(), name, truth.get()));
        streams.add(new EmbeddedService.Stream(name, segments));
      }
      for (double fps : rates) {
        String stream = RateByStreamName.stream(name, fps);
        asked.add(new Asked(name, Optional.of(fps), stream, truth.get()));
        streams.add(new EmbeddedService.Stream(stream, segments));
      }
    }
    if (asked.isEmpty()) {
      throw new EnvironmentException("no video in " + folder + " has a truth file");
    }
    Map<String, StreamResults> results;
    try (Progress progress = new Progress(output.err(), output.errTerminal())) {
      long all = streams.stream().mapToLong(EmbeddedService.Stream::durationMs).sum();
      String overall = streams.size() + " streams";
      progress.start(overall, Optional.of(all));
      Map<String, StreamResults> seen = new ConcurrentHashMap<>();
      results =
          new EmbeddedService(settings, io.chronoscope.analysis.AnalysisListener.SILENT, rates)
              .run(
                  streams,
                  said -> {
                    seen.put(said.stream(), said);
                    progress.update(
                        overall,
                        seen.values().stream().mapToLong(StreamResults::seenMs).sum(),
                        seen.values().stream().mapToInt(one -> one.events().size()).sum());
                  });
      progress.end(overall);
    }
    report(asked, results);
    return ExitCode.OK;
  }

  private void report(List<Asked> asked, Map<String, StreamResults> results) {
    Map<String, List<Comparison>> byRate = new LinkedHashMap<>();
    List<Comparison> all = new ArrayList<>();
    if (!json) {
      output.print(
          HEAD.formatted(
              "", "fps", "events", "found", "mIoU", "R1@.3", "R1@.5", "R1@.7", "invented"));
    }
    for (Asked one : asked) {
      StreamResults said = results.get(one.stream());
      if (said == null) {
        throw new IllegalStateException("nothing was said about " + one.stream());
      }
      Comparison comparison = said.compare(one.truth());
      all.add(comparison);
      String rate = one.fps().map(EvaluateCommand::written).orElse("auto");
      byRate.computeIfAbsent(rate, r -> new ArrayList<>()).add(comparison);
      tell("video", one.video(), rate, comparison.score(), Optional.of(comparison), said);
    }
    byRate.forEach((rate, comparisons) ->
        tell("rate", "all", rate, Score.of(comparisons), Optional.empty(), null));
    tell("total", "total", "", Score.of(all), Optional.empty(), null);
  }

  private static final String HEAD = "%-20s %5s %7s %6s %6s %6s %6s %6s  %s";

  private void tell(
      String level,
      String name,
      String rate,
      Score score,
      Optional<Comparison> comparison,
      @org.jspecify.annotations.Nullable StreamResults said) {
    if (!json) {
      output.print(
          HEAD.formatted(
              name,
              rate,
              score.events(),
              score.found(),
              decimal(score.meanIou()),
              decimal(score.recallAt30()),
              decimal(score.recallAt50()),
              decimal(score.recallAt70()),
              "%d of %d (%s)"
                  .formatted(
                      score.invented(), score.answers(), decimal(score.inventedPerAnswer()))));
      return;
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("level", level);
    if (level.equals("video")) {
      line.put("video", name);
    }
    if (!rate.isEmpty()) {
      line.put("fps", rate.equals("auto") ? rate : Double.valueOf(rate));
    }
    line.put("events", score.events());
    line.put("found", score.found());
    line.put("mIoU", score.meanIou());
    line.put("R1@0.3", score.recallAt30());
    line.put("R1@0.5", score.recallAt50());
    line.put("R1@0.7", score.recallAt70());
    line.put("answers", score.answers());
    line.put("invented", score.invented());
    line.put("inventedPerAnswer", score.inventedPerAnswer());
    comparison.ifPresent(known -> {
      line.put("pairings", known.pairings());
      line.put("inventions", known.invented());
    });
    if (said != null) {
      line.put("unanswered", said.unanswered().size());
      line.put("deadLetters", said.deadLetters().size());
    }
    output.printJson(line);
  }

  private static String decimal(double number) {
    return String.format(Locale.ROOT, "%.3f", number);
  }

  private static String written(double fps) {
    return String.format(Locale.ROOT, "%.4f", fps).replaceAll("\\.?0+$", "");
  }
}
