package io.chronoscope.config;

import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.OrderingLimits;
import io.chronoscope.analysis.Prompts;
import io.chronoscope.analysis.TextTask;
import io.chronoscope.analysis.WindowPlan;
import io.chronoscope.analysis.question.QuestionLimits;
import io.chronoscope.checkpoint.CheckpointException;
import io.chronoscope.checkpoint.CheckpointHints;
import io.chronoscope.claimcheck.ReferenceSettings;
import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.decode.DecoderOptions;
import io.chronoscope.decode.HardwareDevice;
import io.chronoscope.decode.HardwareUnavailableException;
import io.chronoscope.decode.MediaFiles;
import io.chronoscope.decode.worker.ChunkBudget;
import io.chronoscope.decode.worker.DecodeListener;
import io.chronoscope.decode.worker.DecodePool;
import io.chronoscope.decode.worker.FileWorkers;
import io.chronoscope.decode.worker.Isolation;
import io.chronoscope.decode.worker.LiveWorkers;
import io.chronoscope.live.LiveSources;
import io.chronoscope.ort.CudaSupport;
import io.chronoscope.ort.Device;
import io.chronoscope.ort.DeviceUnavailableException;
import io.chronoscope.ort.RuntimeLibrary;
import io.chronoscope.qwen.EngineSettings;
import io.chronoscope.qwen.InsufficientMemoryException;
import io.chronoscope.qwen.Qwen25Vl;
import io.chronoscope.qwen.decoder.StepSettings;
import io.chronoscope.sampling.FixedRate;
import io.chronoscope.sampling.PictureComparison;
import io.chronoscope.sampling.SamplingLimits;
import io.chronoscope.search.opensearch.OpenSearchServer;
import io.chronoscope.shedding.SheddingSettings;
import io.chronoscope.wire.TopicNames;
import io.quarkus.runtime.configuration.MemorySize;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/// Derives the settings of each layer from the configuration, and opens the configured model.
public final class LayerSettings {

  private static final int MAX_DECODE_WORKERS = 16;
  private static final int BASE_CPU_SECONDS = 10;
  private static final Duration WINDOW = Duration.ofSeconds(60);
  private static final Duration OVERLAP = Duration.ofSeconds(10);

  private LayerSettings() {}

  /// Opens the configured checkpoint on the configured device.
  ///
  /// @throws EnvironmentException if there is no checkpoint, or it cannot be used; says why
  public static Qwen25Vl open(ChronoscopeConfig settings) {
    try {
      return Qwen25Vl.open(checkpoint(settings), engine(settings));
    } catch (CheckpointException | DeviceUnavailableException | InsufficientMemoryException e) {
      throw new EnvironmentException(String.valueOf(e.getMessage()), e);
    }
  }

  /// Checks what can be checked at once, before anything else starts: that there is a checkpoint,
  /// and the device.
  ///
  /// @throws EnvironmentException if one of them is missing; says what
  public static void requireModel(ChronoscopeConfig settings) {
    var unused = checkpoint(settings);
    requireDevice(settings);
  }

  private static Path checkpoint(ChronoscopeConfig settings) {
    Path directory = ConfigLoader.resolve(settings, settings.model());
    if (!Files.exists(directory.resolve("config.json"))) {
      throw new EnvironmentException(
          "no checkpoint at %s (chronoscope.model)%s; --model or CHRONOSCOPE_MODEL names a directory with one"
              .formatted(
                  directory.toAbsolutePath(),
                  Files.isDirectory(directory) ? ": it has no config.json" : ""));
    }
    return directory;
  }

  /// How the model computes: device, precision, threads.
  public static EngineSettings engine(ChronoscopeConfig settings) {
    EngineSettings device =
        EngineSettings.parse(settings.device(), settings.precision().orElse(""));
    return device
        .withDecoding(device.decoding().withSteps(steps(settings, device.decoding().steps())))
        .withPruneSimilarity(settings.sampling().pruneSimilarity())
        .withIntraOpThreads(settings.threads())
        .withCacheDirectory(cacheDirectory(settings));
  }

  /// @param ofDevice the defaults
  private static StepSettings steps(ChronoscopeConfig settings, StepSettings ofDevice) {
    return new StepSettings(
        settings.batching().maxPrompts().orElse(ofDevice.maxBatch()),
        settings.batching().prefillChunk().orElse(ofDevice.prefillChunk()),
        settings
            .cache()
            .maxPrefixBytes()
            .map(MemorySize::asLongValue)
            .orElse(ofDevice.maxPrefixBytes()),
        settings.cudaGraphs() ? StepSettings.Launch.BY_GRAPH : StepSettings.Launch.BY_OPERATOR);
  }

  /// Checks that the configured device can be used, for what computes on it without a model.
  ///
  /// @throws EnvironmentException if it cannot; names everything that is missing
  public static void requireDevice(ChronoscopeConfig settings) {
    RuntimeLibrary.unpackInto(cacheDirectory(settings));
    if (Device.parse(settings.device()) instanceof Device.Cuda) {
      try {
        CudaSupport.require();
      } catch (DeviceUnavailableException e) {
        throw new EnvironmentException(String.valueOf(e.getMessage()), e);
      }
    }
  }

  /// The directory of files that are made once and then reused.
  public static Path cacheDirectory(ChronoscopeConfig settings) {
    return settings.cacheDir().map(Path::of).orElseGet(EngineSettings::defaultCacheDirectory);
  }

  /// How streams are analyzed.
  ///
  /// @param hints recommendations of the checkpoint; configured values take precedence
  /// @param query what to look for instead of all events, with the threshold of questions
  /// @throws ConfigurationException if the overlap is not shorter than the window, or there is a
  ///   query and the threshold is invalid
  public static AnalysisSettings analysis(
      ChronoscopeConfig settings, Optional<CheckpointHints> hints, Optional<String> query) {
    ChronoscopeConfig.Sampling sampling = settings.sampling();
    ChronoscopeConfig.Decode decode = settings.decode();
    return new AnalysisSettings(
        windows(settings, hints),
        new SamplingLimits(
            sampling.minFps(),
            sampling.targetFps(),
            sampling.maxFps(),
            sampling.windowTokens(),
            sampling.tokensPerSecond(),
            sampling.fixedFps().map(FixedRate::even)),
        new DecodeLimits(
            decode.maxPixels(), decode.maxDuration(), decode.maxFrames(), decode.maxDamage()),
        sampling.maxPixels().orElse(Long.MAX_VALUE),
        settings.idleTimeout(),
        settings.queue().maxBytes().asLongValue(),
        settings.maxNewTokens(),
        query.map(text -> new AnalysisSettings.Query(text, questions(settings).threshold())),
        textTasks(settings, hints),
        new OrderingLimits(
            settings.ordering().allowedLateness(),
            settings.ordering().maxBufferedBytes().asLongValue()),
        new AnalysisSettings.Events(
            settings.events().minConfidence(),
            settings.events().boxes() ? Prompts.EVENTS_WITH_BOXES : Prompts.EVENTS,
            settings.events().checkThreshold()));
  }

  /// Decoders for the chunks of all streams. The caller closes them.
  ///
  /// @param listener receives what happens to workers
  /// @throws EnvironmentException if the workers' program cannot be found
  public static DecodePool decoders(ChronoscopeConfig settings, DecodeListener listener) {
    return decoders(settings, settings.decode().isolation(), Integer.MAX_VALUE, listener);
  }

  /// The same, wherever the settings say that they decode.
  ///
  /// @param streams that there will be; no more decoders are of use
  public static DecodePool decoders(
      ChronoscopeConfig settings, Isolation isolation, int streams, DecodeListener listener) {
    ChronoscopeConfig.Decode decode = settings.decode();
    int cores = Runtime.getRuntime().availableProcessors();
    int wanted = decode.workers() > 0 ? decode.workers() : Math.min(cores, MAX_DECODE_WORKERS);
    int count = Math.max(1, Math.min(wanted, streams));
    return switch (isolation) {
      case IN_PROCESS -> DecodePool.inProcess(count, decodingHere(settings));
      case PROCESS -> {
        try {
          yield DecodePool.ofWorkers(
              new DecodePool.Workers(
                  count,
                  Math.max(decode.maxPixels(), DecodeLimits.DEFAULTS.maxPixels()),
                  decode.loopFilter(),
                  budget(decode)),
              listener);
        } catch (IOException e) {
          throw new EnvironmentException("decode workers cannot start: " + e.getMessage(), e);
        }
      }
    };
  }

  private static ChunkBudget budget(ChronoscopeConfig.Decode decode) {
    return new ChunkBudget(
        decode.maxMemory().asLongValue(),
        new ChunkBudget.CpuTime(BASE_CPU_SECONDS, decode.cpuPerSecond()),
        decode.timeout(),
        decode.maxOutputBytes().asLongValue());
  }

  /// Opens media files where the settings say that media are decoded.
  ///
  /// @param listener receives what happens to workers
  public static MediaFiles files(ChronoscopeConfig settings, DecodeListener listener) {
    return switch (settings.decode().isolation()) {
      case IN_PROCESS -> MediaFiles.IN_PROCESS;
      case PROCESS -> new FileWorkers(budget(settings.decode()), listener);
    };
  }

  /// Reads live sources where the settings say that media are decoded.
  ///
  /// @param listener receives what happens to workers
  public static LiveSources.Media live(ChronoscopeConfig settings, DecodeListener listener) {
    return switch (settings.decode().isolation()) {
      case IN_PROCESS -> LiveSources.Media.IN_PROCESS;
      case PROCESS ->
          new LiveSources.Media(
              new LiveWorkers(budget(settings.decode()), listener), files(settings, listener));
    };
  }

  /// How the CPU decodes chunks.
  public static DecoderOptions softwareDecoding(ChronoscopeConfig settings) {
    return new DecoderOptions(1, settings.decode().loopFilter(), Optional.empty());
  }

  private static DecoderOptions decodingHere(ChronoscopeConfig settings) {
    try {
      return softwareDecoding(settings).on(HardwareDevice.open(settings.decode().hardware()));
    } catch (HardwareUnavailableException e) {
      throw new EnvironmentException("chronoscope.decode.hardware: " + e.getMessage(), e);
    }
  }

  /// CloudEvents source of one kind of sender.
  ///
  /// @param sender such as `produce`
  public static URI source(ChronoscopeConfig settings, String sender) {
    return URI.create(settings.kafka().source() + "/" + sender);
  }

  /// When a frame pair counts as unchanged.
  public static PictureComparison comparison(ChronoscopeConfig settings) {
    return new PictureComparison(settings.sampling().maxDifference());
  }

  /// When and in which order the service sheds load.
  ///
  /// @throws ConfigurationException if a priority cannot be parsed
  public static SheddingSettings shedding(ChronoscopeConfig settings) {
    try {
      return new SheddingSettings(
          settings.shedding().targetLag(),
          settings.shedding().priorities().orElse(List.of()).stream()
              .map(SheddingSettings.Priority::parse)
              .toList());
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("chronoscope.shedding.priorities: " + e.getMessage(), e);
    }
  }

  /// Limits of questions.
  ///
  /// @throws ConfigurationException if they contradict each other
  public static QuestionLimits questions(ChronoscopeConfig settings) {
    try {
      return new QuestionLimits(settings.questions().maxRange(), settings.questions().threshold());
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("chronoscope.questions: " + e.getMessage(), e);
    }
  }

  /// Sources from which referenced media may be fetched.
  ///
  /// @throws ConfigurationException if a value is invalid
  public static ReferenceSettings references(ChronoscopeConfig settings) {
    ChronoscopeConfig.References references = settings.references();
    try {
      return new ReferenceSettings(
          references.roots().orElse(List.of()).stream()
              .map(root -> ConfigLoader.resolve(settings, root).toAbsolutePath())
              .toList(),
          new ReferenceSettings.ObjectStore(
              references.buckets().orElse(List.of()),
              references.endpoint(),
              references.region(),
              references.pathStyle().orElse(references.endpoint().isPresent())
                  ? ReferenceSettings.Addressing.PATH_STYLE
                  : ReferenceSettings.Addressing.VIRTUAL_HOSTED_STYLE),
          references.timeout(),
          references.retryTimeout());
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("chronoscope.references: " + e.getMessage(), e);
    }
  }

  private static Set<TextTask> textTasks(
      ChronoscopeConfig settings, Optional<CheckpointHints> hints) {
    Set<TextTask> tasks = EnumSet.noneOf(TextTask.class);
    if (settings
        .summarizeText()
        .or(() -> hints.map(CheckpointHints::summarizesText))
        .orElse(true)) {
      tasks.add(TextTask.SUMMARIZE);
    }
    if (settings.compareText().or(() -> hints.map(CheckpointHints::comparesText)).orElse(true)) {
      tasks.add(TextTask.COMPARE);
    }
    return tasks;
  }

  /// The windows that streams are analyzed in.
  ///
  /// @throws ConfigurationException if the overlap is not shorter than the window
  public static WindowPlan windows(ChronoscopeConfig settings, Optional<CheckpointHints> hints) {
    Duration length =
        settings
            .window()
            .length()
            .or(() -> hints.flatMap(h -> duration(h.windowSeconds())))
            .orElse(WINDOW);
    Duration overlap =
        settings
            .window()
            .overlap()
            .or(() -> hints.flatMap(h -> duration(h.overlapSeconds())))
            .orElse(OVERLAP);
    try {
      WindowPlan plan = new WindowPlan(length, overlap);
      Duration partialInterval =
          settings.window().partialInterval().orElse(length.minus(overlap).dividedBy(2));
      return new WindowPlan(plan.length(), plan.overlap(), partialInterval);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(
          "chronoscope.window.length (%s), chronoscope.window.overlap (%s): %s"
              .formatted(length, overlap, e.getMessage()),
          e);
    }
  }

  private static Optional<Duration> duration(OptionalDouble seconds) {
    return seconds.isEmpty()
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(Math.round(seconds.getAsDouble() * 1e9)));
  }

  /// Where the search index lies; empty for this machine.
  ///
  /// @throws ConfigurationException when the address or the credentials cannot be used
  public static Optional<OpenSearchServer> openSearch(ChronoscopeConfig settings) {
    ChronoscopeConfig.Search search = settings.search();
    try {
      return search
          .opensearchUrl()
          .map(url ->
              new OpenSearchServer(
                  url,
                  search.opensearchIndex(),
                  search.opensearchUsername(),
                  search.opensearchPassword(),
                  search.opensearchShards()));
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("chronoscope.search.opensearch-*: " + e.getMessage(), e);
    }
  }

  /// Names of all topics.
  public static TopicNames topicNames(ChronoscopeConfig settings) {
    ChronoscopeConfig.Topics topics = settings.topics();
    return TopicNames.of(topic ->
        switch (topic) {
          case CHUNKS -> topics.chunks();
          case RULES -> topics.rules();
          case QUESTIONS -> topics.questions();
          case EVENTS -> topics.events();
          case SUMMARIES -> topics.summaries();
          case ALERTS -> topics.alerts();
          case DEAD_LETTERS -> topics.deadLetters();
          case ANSWERS -> topics.answers();
          case STATE -> topics.state();
        });
  }
}
