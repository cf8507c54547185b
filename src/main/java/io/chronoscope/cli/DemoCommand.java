package io.chronoscope.cli;

import io.chronoscope.analysis.AnalysisEvent;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.cli.console.ModelOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.SecondsConverter;
import io.chronoscope.cli.console.Version;
import io.chronoscope.cli.run.EmbeddedService;
import io.chronoscope.cli.run.FileFeed;
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
import io.chronoscope.wire.ResultJson;
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

/// Everything at once on the sample videos.
@Command(
    name = "demo",
    description = {
      "Sends the sample videos through everything and shows what happened, and when.",
      "A Kafka broker and the service start in this process, on free ports; the videos go through as",
      "chunks on real topics; what is found is drawn against what really happens in them."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
final class DemoCommand implements Callable<Integer> {

  @Parameters(arity = "0..*", paramLabel = "FILE", description = "Other videos than the samples.")
  List<Path> files = new ArrayList<>();

  @Option(
      names = "--picture",
      paramLabel = "FILE",
      description = "Also draws the timelines into this PNG file.")
  Optional<Path> picture = Optional.empty();

  @Option(
      names = "--chunk-seconds",
      paramLabel = "S",
      defaultValue = "2",
      converter = SecondsConverter.class,
      description = "Length of a chunk (default: ${DEFAULT-VALUE}).")
  Duration chunkLength = Duration.ofSeconds(2);

  @Mixin ModelOptions model = new ModelOptions();

  @Option(names = "--json", description = "One object a line, as it was on the topics.")
  boolean json;

  private final Output output;

  DemoCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() throws IOException {
    model.apply();
    ChronoscopeConfig settings = ConfigLoader.load();
    Map<String, Path> videos = new LinkedHashMap<>();
    for (Path file : files.isEmpty() ? samples(settings) : files) {
      videos.put(FileFeed.streamOf(file), file);
    }
    List<EmbeddedService.Stream> streams = new ArrayList<>();
    videos.forEach((name, file) ->
        streams.add(new EmbeddedService.Stream(name, FileFeed.cut(file, chunkLength))));
    output.report(
        "Starting a Kafka broker and the service, sending %d videos in %d chunks …"
            .formatted(streams.size(), streams.stream().mapToInt(s -> s.segments().size()).sum()));
    Map<String, StreamResults> results;
    try (Progress progress = new Progress(output.err(), output.errTerminal())) {
      streams.forEach(stream -> progress.start(stream.id(), Optional.of(stream.durationMs())));
      Map<String, Integer> events = new ConcurrentHashMap<>();
      results =
          new EmbeddedService(settings, progressOf(progress, events), List.of())
              .run(
                  streams,
                  said -> {
                    events.put(said.stream(), said.events().size());
                    if (said.over()) {
                      progress.update(said.stream(), said.seenMs(), said.events().size());
                      progress.end(said.stream());
                    }
                  });
    }
    return show(videos, results);
  }

  private static List<Path> samples(ChronoscopeConfig settings) {
    Path folder = ConfigLoader.resolve(settings, "video-samples");
    if (!Files.isDirectory(folder)) {
      throw new EnvironmentException("no sample videos at " + folder.toAbsolutePath());
    }
    return FileFeed.videosIn(folder);
  }

  static AnalysisListener progressOf(Progress progress, Map<String, Integer> events) {
    return event -> {
      if (event instanceof AnalysisEvent.Progress made) {
        progress.update(
            made.stream(), made.analyzedMicros() / 1000, events.getOrDefault(made.stream(), 0));
      }
    };
  }

  private int show(Map<String, Path> videos, Map<String, StreamResults> results)
      throws IOException {
    TimelineText text = new TimelineText(output.outTerminal());
    Map<String, Comparison> comparisons = new LinkedHashMap<>();
    List<StreamTimeline> timelines = new ArrayList<>();
    for (var video : videos.entrySet()) {
      StreamResults said = results.get(video.getKey());
      if (said == null) {
        continue;
      }
      Optional<Comparison> comparison = GroundTruth.of(video.getValue()).map(said::compare);
      comparison.ifPresent(known -> comparisons.put(video.getKey(), known));
      StreamTimeline timeline = said.timeline(video.getKey(), comparison);
      timelines.add(timeline);
      if (json) {
        said.published().forEach(result -> output.printJson(ResultJson.write(result)));
      } else {
        text.draw(timeline).forEach(output::print);
        output.print("");
      }
    }
    if (!comparisons.isEmpty() && !json) {
      table(comparisons);
    }
    if (picture.isPresent()) {
      PictureFiles.write(
          new TimelinePicture().draw(timelines, SampleThumbnails.of(videos)), picture.get());
      output.report("drawn: " + picture.get());
    }
    return ExitCode.OK;
  }

  private void table(Map<String, Comparison> comparisons) {
    int width = comparisons.keySet().stream().mapToInt(String::length).max().orElse(5);
    String row = "  %-" + Math.max(width, 5) + "s  %12s  %8s  %s";
    output.print(row.formatted("", "matched", "mean IoU", "invented"));
    comparisons.forEach((name, comparison) -> output.print(line(row, name, comparison.score())));
    output.print(line(row, "total", Score.of(List.copyOf(comparisons.values()))));
  }

  private static String line(String row, String name, Score score) {
    return row.formatted(
        name,
        "%d of %d".formatted(score.found(), score.events()),
        score.events() == 0 ? "–" : String.format(Locale.ROOT, "%.2f", score.meanIou()),
        score.invented() == 0 ? "none" : score.invented() + " of " + score.answers());
  }
}
