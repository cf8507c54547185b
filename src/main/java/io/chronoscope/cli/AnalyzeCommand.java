package io.chronoscope.cli;

import io.chronoscope.analysis.AnalysisEvent;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.analysis.stream.StreamAnalysis;
import io.chronoscope.cli.console.ModelOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.SecondsConverter;
import io.chronoscope.cli.console.SettingOverrides;
import io.chronoscope.cli.console.Version;
import io.chronoscope.cli.run.FileFeed;
import io.chronoscope.cli.run.StreamResults;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.decode.FfmpegDecoder;
import io.chronoscope.decode.MediaSegment;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.render.Progress;
import io.chronoscope.render.TimelineText;
import io.chronoscope.rule.Rules;
import io.chronoscope.service.AnalysisRuntime;
import io.chronoscope.service.ExitCode;
import io.chronoscope.shedding.LoadGovernor;
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
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The whole analysis on files, without Kafka.
@Command(
    name = "analyze",
    description = "Says what happens in video files, and when. Needs no Kafka.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
final class AnalyzeCommand implements Callable<Integer> {

  /// A file can wait where it is.
  private static final long READ_AHEAD = 16 * 1024 * 1024;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "Videos, each a stream of its own.")
  List<Path> files = new ArrayList<>();

  @Option(
      names = "--query",
      paramLabel = "TEXT",
      description = "Looks for this only, instead of for everything that happens.")
  Optional<String> query = Optional.empty();

  @Option(
      names = "--fps",
      paramLabel = "F",
      description = "Takes exactly this many frames a second, whatever happens.")
  Optional<Double> fps = Optional.empty();

  @Option(
      names = "--start-time",
      paramLabel = "T",
      description = "When the videos start, such as 2026-05-04T12:00:00Z (default: now).")
  Optional<Instant> startTime = Optional.empty();

  @Option(
      names = "--chunk-seconds",
      paramLabel = "S",
      defaultValue = "4",
      converter = SecondsConverter.class,
      description = "Length of the chunks a file is cut into (default: ${DEFAULT-VALUE}).")
  Duration chunkLength = Duration.ofSeconds(4);

  @Mixin ModelOptions model = new ModelOptions();

  @Option(names = "--json", description = "One object a line, the same as on the topics.")
  boolean json;

  private final Output output;
  private final Map<String, StreamResults> streams = new LinkedHashMap<>();
  private final Map<String, CompletableFuture<Void>> over = new LinkedHashMap<>();

  private boolean unreadable;

  AnalyzeCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    model.apply();
    fps.ifPresent(rate -> SettingOverrides.set("chronoscope.sampling.fixed-fps", rate.toString()));
    ChronoscopeConfig settings = ConfigLoader.load();
    Instant start = startTime.orElseGet(() -> Instant.now().truncatedTo(ChronoUnit.MILLIS));
    for (Path file : files) {
      String stream = FileFeed.streamOf(file);
      if (over.putIfAbsent(stream, new CompletableFuture<>()) != null) {
        throw new ConfigurationException("two of the files are called " + stream);
      }
      streams.put(stream, StreamResults.latestOnly(stream));
    }
    try (Progress progress = new Progress(output.err(), output.errTerminal());
        AnalysisRuntime rig =
            AnalysisRuntime.open(
                settings, new FfmpegDecoder(), listener(progress), size -> {}, size -> {})) {
      AnalysisSettings analysis =
          LayerSettings.analysis(settings, rig.advice(), query).withMaxWaitingBytesUpTo(READ_AHEAD);
      try (StreamAnalysis running =
          rig.analysis(analysis, LoadGovernor.off(), Rules.NONE, this::take)) {
        for (Path file : files) {
          try {
            offer(running, file, chunkLength, start, progress);
          } catch (IllegalArgumentException e) {
            // One bad file does not take the others down.
            progress.print("chronoscope: " + e.getMessage());
            unreadable = true;
            String stream = FileFeed.streamOf(file);
            streams.remove(stream);
            ended(stream).complete(null);
          }
        }
        over.values().forEach(CompletableFuture::join);
      } catch (CompletionException e) {
        throw new IllegalStateException(
            "the analysis failed: " + String.valueOf(e.getCause()), e.getCause());
      }
    }
    if (!json) {
      TimelineText text = new TimelineText(output.outTerminal());
      streams.forEach((name, results) -> {
        text.draw(results.timeline(name, Optional.empty())).forEach(output::print);
        results
            .deadLetters()
            .forEach(letter -> output.print("  " + ResultLines.withoutStream(letter)));
        output.print("");
      });
    }
    boolean rejected =
        streams.values().stream().anyMatch(results -> !results.deadLetters().isEmpty());
    return unreadable || rejected ? ExitCode.FAILED : ExitCode.OK;
  }

  private static void offer(
      StreamAnalysis running, Path file, Duration length, Instant start, Progress progress) {
    String stream = FileFeed.streamOf(file);
    progress.start(stream, Optional.of(FileFeed.lengthOf(file).toMillis()));
    AtomicLong sequence = new AtomicLong();
    FileFeed.cut(
        file,
        length,
        segment -> {
          await(running.offer(chunk(stream, file, sequence.getAndIncrement(), start, segment)));
        });
    await(
        running.offer(
            new StreamInput.EndOfStream(
                stream, new ChunkOrigin(file.toString(), 0, sequence.get()))));
  }

  private static StreamInput.Chunk chunk(
      String stream, Path file, long sequence, Instant start, MediaSegment segment) {
    Instant chunkStart = start.plus(segment.start());
    return new StreamInput.Chunk(
        stream,
        new ChunkOrigin(file.toString(), 0, sequence),
        Optional.of(chunkStart),
        chunkStart,
        OptionalLong.of(sequence),
        Optional.of(segment.duration()),
        segment.media());
  }

  private static void await(CompletionStage<Void> room) {
    room.toCompletableFuture().join();
  }

  private CompletionStage<Void> take(StreamCommit step) {
    synchronized (streams) {
      StreamResults results = streams.computeIfAbsent(step.stream(), StreamResults::latestOnly);
      step.results()
          .forEach(result -> {
            results.add(result);
            if (json) {
              output.printJson(ResultJson.write(result));
            }
          });
    }
    if (step.state().isEmpty()) {
      ended(step.stream()).complete(null);
    }
    return CompletableFuture.completedFuture(null);
  }

  private CompletableFuture<Void> ended(String stream) {
    CompletableFuture<Void> ended = over.get(stream);
    if (ended == null) {
      throw new IllegalStateException("no stream " + stream + " was offered");
    }
    return ended;
  }

  private AnalysisListener listener(Progress progress) {
    return event -> {
      if (event instanceof AnalysisEvent.Progress made) {
        progress.update(made.stream(), made.analyzedMicros() / 1000, eventsOf(made.stream()));
      } else if (event instanceof AnalysisEvent.StreamEnded(String stream)) {
        progress.update(stream, 0, eventsOf(stream));
        progress.end(stream);
      } else if (event instanceof AnalysisEvent.StreamFailed(String stream, Throwable cause)) {
        ended(stream).completeExceptionally(cause);
      }
    };
  }

  private int eventsOf(String stream) {
    synchronized (streams) {
      StreamResults results = streams.get(stream);
      return results == null ? 0 : results.events().size();
    }
  }
}
