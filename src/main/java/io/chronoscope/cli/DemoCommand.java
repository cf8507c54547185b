package io.chronoscope.cli;

import io.chronoscope.analysis.AnalysisEvent;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.cli.console.Decimals;
import io.chronoscope.cli.console.InputFiles;
import io.chronoscope.cli.console.ModelOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.PictureFiles;
import io.chronoscope.cli.console.SecondsConverter;
import io.chronoscope.cli.console.Version;
import io.chronoscope.cli.run.EmbeddedService;
import io.chronoscope.cli.run.FileFeed;
import io.chronoscope.cli.run.Pace;
import io.chronoscope.cli.run.SegmentStream;
import io.chronoscope.cli.run.StreamResults;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.evaluation.Comparison;
import io.chronoscope.evaluation.GroundTruth;
import io.chronoscope.evaluation.Score;
import io.chronoscope.render.Progress;
import io.chronoscope.render.StreamTimeline;
import io.chronoscope.render.TimelinePicture;
import io.chronoscope.render.TimelineText;
import io.chronoscope.service.ExitCode;
import io.chronoscope.service.ServiceLauncher;
import io.chronoscope.wire.ResultJson;
import io.quarkus.runtime.Quarkus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Sends the sample videos through the whole service and draws the results.
@Command(
    name = "demo",
    description = {
      "Sends the sample videos through the whole service and draws what happens in them, and when.",
      "A Kafka broker and the service start in this process, on free ports. The videos pass through"
          + " them as chunks on real topics. The drawing compares the reported events with the true"
          + " ones."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
final class DemoCommand implements Callable<Integer> {

  @Parameters(
      arity = "0..*",
      paramLabel = "FILE",
      description = "Video files to use instead of the samples.")
  List<Path> files = new ArrayList<>();

  @Option(
      names = "--picture",
      paramLabel = "FILE",
      description = "Also draws the timelines to this PNG file.")
  Optional<Path> picture = Optional.empty();

  @Option(
      names = "--chunk-seconds",
      paramLabel = "S",
      defaultValue = "2",
      converter = SecondsConverter.class,
      description = "Minimum length of a chunk (default: ${DEFAULT-VALUE}).")
  Duration chunkLength = Duration.ofSeconds(2);

  @Option(
      names = "--stay",
      description = "Keeps the service running for the page, until it is stopped.")
  boolean stay;

  @Mixin ModelOptions model = new ModelOptions();

  @Option(names = "--json", description = "Prints one JSON object on each line, as on the topics.")
  boolean json;

  private final Output output;

  DemoCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    files.forEach(InputFiles::requireFile);
    model.apply();
    ChronoscopeConfig settings = ConfigLoader.load();
    Map<String, Path> videos = new LinkedHashMap<>();
    for (Path file : files.isEmpty() ? samples(settings) : files) {
      videos.put(FileFeed.streamOf(file), file);
    }
    List<SegmentStream> streams = new ArrayList<>();
    videos.forEach(
        (name, file) -> streams.add(new SegmentStream(name, FileFeed.cut(file, chunkLength))));
    output.report(
        "%d video%s in %d chunks; starting a Kafka broker …"
            .formatted(
                streams.size(),
                streams.size() == 1 ? "" : "s",
                streams.stream().mapToInt(s -> s.segments().size()).sum()));
    run(settings, videos, streams);
    return ExitCode.OK;
  }

  private static List<Path> samples(ChronoscopeConfig settings) {
    Path folder = ConfigLoader.resolve(settings, "video-samples");
    if (!Files.isDirectory(folder)) {
      throw new EnvironmentException("there are no sample videos at " + folder.toAbsolutePath());
    }
    return FileFeed.videosIn(folder);
  }

  private void run(
      ChronoscopeConfig settings, Map<String, Path> videos, List<SegmentStream> streams) {
    Map<String, Integer> events = new ConcurrentHashMap<>();
    try (Progress progress = new Progress(output.err(), output.errTerminal())) {
      streams.forEach(stream -> progress.start(stream.id(), Optional.of(stream.durationMs())));
      AnalysisListener listener =
          event -> {
            if (event instanceof AnalysisEvent.Progress made) {
              progress.update(
                  made.stream(),
                  made.analyzedMicros() / 1000,
                  events.getOrDefault(made.stream(), 0));
            }
          };
      var unused =
          new EmbeddedService(settings, listener, List.of(), progress::print)
              .run(
                  streams,
                  Pace.IMMEDIATE,
                  results -> {
                    events.put(results.stream(), results.events().size());
                    if (results.isComplete()) {
                      progress.update(
                          results.stream(), results.analyzedMs(), results.events().size());
                      progress.end(results.stream());
                    }
                  },
                  all -> {
                    progress.close();
                    print(videos, all);
                    showPage();
                  });
    }
  }

  private void showPage() {
    if (!stay) {
      output.report(
          "add --stay to keep the service running, and see and play all this on its page");
      return;
    }
    output.report(
        "the page is at %s (Ctrl+C stops the service)".formatted(ServiceLauncher.address()));
    Quarkus.waitForExit();
  }

  private void print(Map<String, Path> videos, Map<String, StreamResults> results) {
    TimelineText text = new TimelineText(output.outTerminal());
    Map<String, Comparison> comparisons = new LinkedHashMap<>();
    List<StreamTimeline> timelines = new ArrayList<>();
    for (var video : videos.entrySet()) {
      StreamResults found = results.get(video.getKey());
      if (found == null) {
        continue;
      }
      Optional<Comparison> comparison = truth(video.getValue()).map(found::compare);
      comparison.ifPresent(known -> comparisons.put(video.getKey(), known));
      StreamTimeline timeline = found.timeline(video.getKey(), comparison);
      timelines.add(timeline);
      if (json) {
        found.published().forEach(result -> output.printJson(ResultJson.write(result)));
      } else {
        text.draw(timeline).forEach(output::print);
        output.print("");
      }
    }
    if (!comparisons.isEmpty() && !json) {
      printScores(comparisons);
    }
    if (picture.isPresent()) {
      PictureFiles.write(
          new TimelinePicture().draw(timelines, SampleThumbnails.of(videos)), picture.get());
      output.report("timelines drawn to " + picture.get());
    }
  }

  private static Optional<GroundTruth> truth(Path video) {
    try {
      return GroundTruth.of(video);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void printScores(Map<String, Comparison> comparisons) {
    int width = comparisons.keySet().stream().mapToInt(String::length).max().orElse(5);
    String row = "  %-" + Math.max(width, 5) + "s  %12s  %8s  %s";
    output.print(row.formatted("", "matched", "mean IoU", "invented"));
    comparisons.forEach(
        (name, comparison) -> output.print(scoreLine(row, name, comparison.score())));
    output.print(scoreLine(row, "total", Score.of(List.copyOf(comparisons.values()))));
  }

  private static String scoreLine(String row, String name, Score score) {
    return row.formatted(
        name,
        "%d of %d".formatted(score.found(), score.events()),
        score.events() == 0 ? "–" : Decimals.of(score.meanIou(), 2),
        score.invented() == 0 ? "none" : score.invented() + " of " + score.answers());
  }
}
