package io.chronoscope.cli.bench.engine;

import io.chronoscope.analysis.stream.StreamAnalysis;
import io.chronoscope.batching.BatchListener;
import io.chronoscope.cli.console.Decimals;
import io.chronoscope.cli.console.ModelOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Table;
import io.chronoscope.cli.console.Version;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.config.ConfiguredDecoding;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.decode.MediaDecoder;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.decode.worker.DecodeListener;
import io.chronoscope.decode.worker.DecodePool;
import io.chronoscope.decode.worker.Isolation;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.rule.Rules;
import io.chronoscope.service.AnalysisRuntime;
import io.chronoscope.service.ExitCode;
import io.chronoscope.shedding.LoadGovernor;
import io.chronoscope.wire.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What decoding in worker processes costs: the same streams with decoders in workers and in this
/// process, in turn, over one model.
@Command(
    name = "isolation",
    description = {
      "Measures what decoding in worker processes costs, without Kafka.",
      "Analyzes the same streams with decoders in worker processes and in this process, in turn."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
public final class BenchIsolationCommand implements Callable<Integer> {

  private static final Table COSTS =
      Table.empty()
          .text("", 12)
          .figure("seconds of video/s", 18)
          .figure("CPU s per s of video", 23);

  @Option(
      names = "--shape",
      paramLabel = "3b|7b|mini|demo",
      description =
          "Model with random weights in a published shape, or the demo checkpoint. Excludes"
              + " --model.")
  Optional<String> shape = Optional.empty();

  @Option(
      names = "--video",
      paramLabel = "FILE",
      description = "Video of each stream (default: " + EngineBench.DEMO_VIDEO + ").")
  Optional<Path> video = Optional.empty();

  @Option(
      names = "--streams",
      paramLabel = "N",
      description = "Streams at the same time (default: ${DEFAULT-VALUE}).")
  int streams = 4;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Measured rounds, after one that is not (default: ${DEFAULT-VALUE}).")
  int rounds = 5;

  @Mixin ModelOptions model = new ModelOptions();

  @Option(names = "--json", description = "Prints one JSON object.")
  boolean json;

  private final Output output;

  public BenchIsolationCommand(Output output) {
    this.output = output;
  }

  /// Decodes with one of two decoders.
  private static final class Switch implements MediaDecoder {
    private volatile MediaDecoder current;

    Switch(MediaDecoder first) {
      this.current = first;
    }

    @Override
    public MediaFacts decode(String stream, ByteBuffer media, DecodeLimits limits, FrameSink sink)
        throws UnreadableMediaException {
      return current.decode(stream, media, limits, sink);
    }
  }

  @Override
  public Integer call() throws IOException {
    if (shape.isPresent() && model.arguments().contains("--model")) {
      throw new ConfigurationException("--shape and --model exclude each other");
    }
    if (streams <= 0 || rounds <= 0) {
      throw new ConfigurationException("--streams and --rounds must be positive");
    }
    model.apply();
    if (shape.isPresent()) {
      var unused = BenchShape.select(shape.get(), Optional.empty(), model, output::message);
    }
    ChronoscopeConfig settings = ConfigLoader.load();
    Path file = video.orElseGet(() -> ConfigLoader.resolve(settings, EngineBench.DEMO_VIDEO));
    StreamReplay replay = new StreamReplay(StreamReplay.cut(file));
    try (DecodePool workers =
            ConfiguredDecoding.decoders(
                settings, Isolation.PROCESS, streams, DecodeListener.SILENT);
        DecodePool local =
            ConfiguredDecoding.decoders(
                settings, Isolation.IN_PROCESS, streams, DecodeListener.SILENT)) {
      workers.awaitStarted();
      Map<Isolation, MediaDecoder> decoders = new EnumMap<>(Isolation.class);
      decoders.put(Isolation.IN_PROCESS, local);
      decoders.put(Isolation.PROCESS, workers);
      Switch decoder = new Switch(local);
      try (AnalysisRuntime runtime =
              AnalysisRuntime.open(settings, decoder, replay.listener(), BatchListener.SILENT);
          StreamAnalysis analysis =
              runtime.analysis(
                  LayerSettings.analysis(settings, runtime.hints(), Optional.empty()),
                  LoadGovernor.off(),
                  Rules.NONE,
                  replay::commit)) {
        print(measure(replay, analysis, decoder, decoders), replay.videoSeconds());
      }
    }
    return ExitCode.OK;
  }

  private Map<Isolation, List<Cost>> measure(
      StreamReplay replay,
      StreamAnalysis analysis,
      Switch decoder,
      Map<Isolation, MediaDecoder> decoders) {
    Stopwatch stopwatch = Stopwatch.ofProcessAndWorkers();
    Map<Isolation, List<Cost>> costs = new EnumMap<>(Isolation.class);
    for (int round = 0; round <= rounds; round++) {
      for (Isolation isolation : Isolation.values()) {
        decoder.current = Objects.requireNonNull(decoders.get(isolation));
        String name = "%s-%d-".formatted(isolation, round);
        Cost cost = stopwatch.time(() -> runAll(replay, analysis, name));
        if (round > 0) {
          costs.computeIfAbsent(isolation, any -> new ArrayList<>()).add(cost);
        }
      }
    }
    return costs;
  }

  private void runAll(StreamReplay replay, StreamAnalysis analysis, String name) {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<Void>> runs = new ArrayList<>();
      for (int i = 0; i < streams; i++) {
        String stream = name + i;
        runs.add(CompletableFuture.runAsync(() -> replay.run(analysis, stream), threads));
      }
      runs.forEach(CompletableFuture::join);
    }
  }

  private void print(Map<Isolation, List<Cost>> costs, double videoSeconds) {
    Cost local = total(costs, Isolation.IN_PROCESS);
    Cost workers = total(costs, Isolation.PROCESS);
    double video = videoSeconds * streams * rounds;
    if (json) {
      output.printJson(
          Json.newObject()
              .put("videoSeconds", video)
              .put("inProcessSeconds", local.seconds())
              .put("inProcessCpuSeconds", local.cpuSeconds())
              .put("processSeconds", workers.seconds())
              .put("processCpuSeconds", workers.cpuSeconds()));
      return;
    }
    output.print(
        "%d streams, %d rounds, %s s of video each way"
            .formatted(streams, rounds, Decimals.of(video, 0)));
    output.print(COSTS.heading());
    output.print(row("in-process", local, video));
    output.print(row("process", workers, video));
    output.print(
        COSTS.row(
            "cost",
            "%+.1f %%".formatted(100 * (local.seconds() / workers.seconds() - 1)),
            "%+.1f %%".formatted(100 * (workers.cpuSeconds() / local.cpuSeconds() - 1))));
  }

  private static String row(String name, Cost cost, double video) {
    return COSTS.row(
        name, Decimals.of(video / cost.seconds(), 1), Decimals.of(cost.cpuSeconds() / video, 4));
  }

  private static Cost total(Map<Isolation, List<Cost>> all, Isolation isolation) {
    List<Cost> costs = all.getOrDefault(isolation, List.of());
    return new Cost(
        costs.stream().mapToDouble(Cost::seconds).sum(),
        costs.stream().mapToDouble(Cost::cpuSeconds).sum());
  }
}
