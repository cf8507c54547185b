package io.chronoscope.config;

import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.OrderingLimits;
import io.chronoscope.analysis.TextTask;
import io.chronoscope.analysis.WindowPlan;
import io.chronoscope.analysis.question.QuestionLimits;
import io.chronoscope.checkpoint.CheckpointException;
import io.chronoscope.checkpoint.CheckpointHints;
import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.qwen.EngineSettings;
import io.chronoscope.qwen.Qwen25Vl;
import io.chronoscope.sampling.SamplingLimits;
import io.chronoscope.shedding.SheddingSettings;
import io.chronoscope.wire.TopicNames;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/// From the configuration to the model and to how the analysis goes about its work.
public final class LayerSettings {

  private static final Duration WINDOW = Duration.ofSeconds(60);
  private static final Duration OVERLAP = Duration.ofSeconds(10);

  private LayerSettings() {}

  /// Opens the configured checkpoint on the configured device.
  ///
  /// @throws EnvironmentException when there is none, or it cannot be used; says why
  public static Qwen25Vl open(ChronoscopeConfig settings) {
    Path directory = ConfigLoader.resolve(settings, settings.model());
    if (!Files.isDirectory(directory)) {
      throw new EnvironmentException(
          "no checkpoint at %s (chronoscope.model); --model or CHRONOSCOPE_MODEL names a directory"
              .formatted(directory.toAbsolutePath()));
    }
    EngineSettings engine =
        EngineSettings.parse(settings.device(), settings.precision().orElse(""))
            .withIntraOpThreads(settings.threads());
    try {
      return Qwen25Vl.open(directory, engine);
    } catch (CheckpointException e) {
      throw new EnvironmentException(String.valueOf(e.getMessage()), e);
    }
  }

  /// @param advice of the checkpoint; what is configured stands above it
  public static AnalysisSettings analysis(
      ChronoscopeConfig settings, Optional<CheckpointHints> advice, Optional<String> query) {
    ChronoscopeConfig.Sampling sampling = settings.sampling();
    ChronoscopeConfig.Decode decode = settings.decode();
    return new AnalysisSettings(
        windows(settings, advice),
        new SamplingLimits(
            sampling.minFps(),
            sampling.targetFps(),
            sampling.maxFps(),
            sampling.windowTokens(),
            sampling.tokensPerSecond(),
            sampling.fixedFps().map(OptionalDouble::of).orElse(OptionalDouble.empty())),
        new DecodeLimits(decode.maxPixels(), decode.maxDuration(), decode.maxFrames()),
        sampling.maxPixels().orElse(Long.MAX_VALUE),
        settings.idleTime(),
        settings.queue().maxBytes().asLongValue(),
        settings.maxNewTokens(),
        query,
        textTasks(settings, advice),
        new OrderingLimits(
            settings.disorder().grace(), settings.disorder().maxHeldBytes().asLongValue()));
  }

  /// When the service looks less closely.
  public static SheddingSettings load(ChronoscopeConfig settings) {
    try {
      return new SheddingSettings(
          settings.load().targetLag(),
          settings.load().priorities().orElse(List.of()).stream()
              .map(SheddingSettings.Priority::parse)
              .toList());
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("chronoscope.load.priorities: " + e.getMessage(), e);
    }
  }

  /// What may be asked.
  public static QuestionLimits questions(ChronoscopeConfig settings) {
    try {
      return new QuestionLimits(settings.questions().maxRange(), settings.questions().threshold());
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("chronoscope.questions: " + e.getMessage(), e);
    }
  }

  private static Set<TextTask> textTasks(
      ChronoscopeConfig settings, Optional<CheckpointHints> advice) {
    Set<TextTask> tasks = EnumSet.noneOf(TextTask.class);
    if (settings
        .summarizeText()
        .or(() -> advice.map(CheckpointHints::summarizesText))
        .orElse(true)) {
      tasks.add(TextTask.SUMMARIZE);
    }
    if (settings.compareText().or(() -> advice.map(CheckpointHints::comparesText)).orElse(true)) {
      tasks.add(TextTask.COMPARE);
    }
    return tasks;
  }

  private static WindowPlan windows(ChronoscopeConfig settings, Optional<CheckpointHints> advice) {
    Duration length =
        settings
            .window()
            .length()
            .or(() -> advice.flatMap(a -> duration(a.windowSeconds())))
            .orElse(WINDOW);
    Duration overlap =
        settings
            .window()
            .overlap()
            .or(() -> advice.flatMap(a -> duration(a.overlapSeconds())))
            .orElse(OVERLAP);
    try {
      WindowPlan plan = new WindowPlan(length, overlap);
      Duration lookEvery = settings.window().lookEvery().orElse(length.minus(overlap).dividedBy(2));
      return new WindowPlan(plan.length(), plan.overlap(), lookEvery);
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

  /// The names of all topics.
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
