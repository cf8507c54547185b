package io.chronoscope.config;

import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.OrderingLimits;
import io.chronoscope.analysis.Prompts;
import io.chronoscope.analysis.TextTask;
import io.chronoscope.analysis.WindowPlan;
import io.chronoscope.analysis.question.QuestionLimits;
import io.chronoscope.checkpoint.CheckpointHints;
import io.chronoscope.claimcheck.ReferenceSettings;
import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.sampling.FixedRate;
import io.chronoscope.sampling.PictureComparison;
import io.chronoscope.sampling.SamplingLimits;
import io.chronoscope.search.opensearch.OpenSearchServer;
import io.chronoscope.shedding.SheddingSettings;
import io.chronoscope.wire.TopicNames;
import java.net.URI;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/// Derives the settings of each layer from the configuration. [ConfiguredModel] opens the model,
/// [ConfiguredDecoding] the decoders.
public final class LayerSettings {

  private static final Duration WINDOW = Duration.ofSeconds(60);
  private static final Duration OVERLAP = Duration.ofSeconds(10);

  private LayerSettings() {}

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
