package io.chronoscope.cli;

import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.cli.EvaluationReport.Evaluated;
import io.chronoscope.cli.console.FixedRateConverter;
import io.chronoscope.cli.console.ModelOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.SecondsConverter;
import io.chronoscope.cli.console.Version;
import io.chronoscope.cli.run.EmbeddedService;
import io.chronoscope.cli.run.FileFeed;
import io.chronoscope.cli.run.SegmentStream;
import io.chronoscope.cli.run.StreamResults;
import io.chronoscope.cli.search.EvaluateSearchCommand;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.decode.MediaSegment;
import io.chronoscope.evaluation.GroundTruth;
import io.chronoscope.render.Progress;
import io.chronoscope.sampling.FixedRate;
import io.chronoscope.service.ExitCode;
import io.chronoscope.service.FrameRateRouter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Scores the whole service on a directory of videos with ground truth.
@Command(
    name = "evaluate",
    description = {
      "Scores the reported events of videos with known ground truth.",
      "Every video in the directory passes through the whole service. Its events are compared with the"
          + " NAME.events.json next to it: mean temporal IoU and R1@0.3/0.5/0.7 as in Charades-STA."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
final class EvaluateCommand implements Callable<Integer> {

  @Parameters(
      arity = "0..1",
      paramLabel = "DIR",
      description = "Directory of videos with their ground-truth files.")
  Optional<Path> directory = Optional.empty();

  @Option(
      names = "--fps",
      paramLabel = "F",
      split = ",",
      converter = FixedRateConverter.class,
      description =
          "Sampling rates in frames per second; repeat the option or separate them with commas"
              + " (default: chosen by the service). uneven[:F[:SEED]] samples F frames per second on"
              + " average, with random gaps of 0.1 to 1.9 times the even one (default: uneven:2:1).")
  List<FixedRate> rates = new ArrayList<>();

  @Option(
      names = "--chunk-seconds",
      paramLabel = "S",
      defaultValue = "4",
      converter = SecondsConverter.class,
      description = "Minimum length of a chunk (default: ${DEFAULT-VALUE}).")
  Duration chunkLength = Duration.ofSeconds(4);

  @Mixin ModelOptions model = new ModelOptions();

  @Option(
      names = "--explain",
      description = {
        "Prints for each event that was lost, found with an IoU below 0.7 or invented which stage lost"
            + " it: NOT_SAMPLED (no frame shows it), ENCODER (not named even when"
            + " shown alone), ANSWER (no window tells it well) or MERGE (a window had it better than the stream)."
      })
  boolean explain;

  @Option(
      names = "--calibrate",
      description =
          "Fits the confidence of events on these videos and prints it for the checkpoint's"
              + " chronoscope.json. For videos of their own, such as seeds 100 to 199.")
  boolean calibrate;

  @Option(
      names = "--json",
      description = "Prints one JSON object on each line: videos, then rates, then the total.")
  boolean json;

  private final Output output;

  EvaluateCommand(Output output) {
    this.output = output;
  }

  /// The command with its subcommands.
  static CommandLine commandLine(Output output) {
    return new CommandLine(new EvaluateCommand(output))
        .addSubcommand(new EvaluateSearchCommand(output))
        .addSubcommand(new EvaluateQueriesCommand(output));
  }

  @Override
  public Integer call() throws IOException {
    model.apply();
    ChronoscopeConfig settings = ConfigLoader.load();
    Path folder =
        directory.orElseThrow(() ->
            new ConfigurationException(
                "evaluate needs a directory of videos, or one of the subcommands search and queries"));
    if (calibrate && settings.events().minConfidence() > 0) {
      throw new ConfigurationException(
          "--calibrate needs all events: set chronoscope.events.min-confidence to 0");
    }
    List<Evaluated> evaluated = new ArrayList<>();
    List<SegmentStream> streams = new ArrayList<>();
    for (Path file : FileFeed.videosIn(folder)) {
      Optional<GroundTruth> truth = GroundTruth.of(file);
      if (truth.isEmpty()) {
        output.report("skipped %s: it has no ground-truth file".formatted(file));
        continue;
      }
      String name = FileFeed.streamOf(file);
      List<MediaSegment> segments = FileFeed.cut(file, chunkLength);
      if (rates.isEmpty()) {
        evaluated.add(new Evaluated(name, Optional.empty(), name, truth.get()));
        streams.add(new SegmentStream(name, segments));
      }
      for (FixedRate rate : rates) {
        String stream = FrameRateRouter.stream(name, rate);
        evaluated.add(new Evaluated(name, Optional.of(rate), stream, truth.get()));
        streams.add(new SegmentStream(stream, segments));
      }
    }
    if (evaluated.isEmpty()) {
      throw new EnvironmentException("no video in " + folder + " has a ground-truth file");
    }
    AnalysisRecord record = new AnalysisRecord();
    Map<String, StreamResults> results = run(settings, streams, record);
    if (calibrate) {
      output.print(EventCalibration.fit(evaluated, results, record));
    } else {
      new EvaluationReport(output, json).print(evaluated, results, record);
      if (explain) {
        Map<String, SegmentStream> sent =
            streams.stream().collect(Collectors.toMap(SegmentStream::id, Function.identity()));
        try (ShownAlone alone = new ShownAlone(settings)) {
          new LossReport(output, json).print(evaluated, sent, results, record, alone);
        }
      }
    }
    return ExitCode.OK;
  }

  private Map<String, StreamResults> run(
      ChronoscopeConfig settings, List<SegmentStream> streams, AnalysisListener listener) {
    String all = streams.size() + " streams";
    Map<String, StreamResults> soFar = new ConcurrentHashMap<>();
    try (Progress progress = new Progress(output.err(), output.errTerminal())) {
      progress.start(all, Optional.of(streams.stream().mapToLong(SegmentStream::durationMs).sum()));
      Map<String, StreamResults> results =
          new EmbeddedService(settings, listener, rates)
              .run(
                  streams,
                  updated -> {
                    soFar.put(updated.stream(), updated);
                    progress.update(
                        all,
                        soFar.values().stream().mapToLong(StreamResults::analyzedMs).sum(),
                        soFar.values().stream().mapToInt(one -> one.events().size()).sum());
                  });
      progress.end(all);
      return results;
    }
  }
}
