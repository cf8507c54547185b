package io.chronoscope.service;

import io.chronoscope.analysis.AnalysisEvent;
import io.chronoscope.analysis.AnalysisEvent.AlertSuppressed;
import io.chronoscope.analysis.AnalysisEvent.AnswerReused;
import io.chronoscope.analysis.AnalysisEvent.ChunkDecoded;
import io.chronoscope.analysis.AnalysisEvent.ChunkRejected;
import io.chronoscope.analysis.AnalysisEvent.ChunkShed;
import io.chronoscope.analysis.AnalysisEvent.DuplicateChunkSkipped;
import io.chronoscope.analysis.AnalysisEvent.EventJudged;
import io.chronoscope.analysis.AnalysisEvent.EventOpened;
import io.chronoscope.analysis.AnalysisEvent.InputCompleted;
import io.chronoscope.analysis.AnalysisEvent.InputStarted;
import io.chronoscope.analysis.AnalysisEvent.MalformedAnswer;
import io.chronoscope.analysis.AnalysisEvent.MediaFetched;
import io.chronoscope.analysis.AnalysisEvent.MediaUnavailable;
import io.chronoscope.analysis.AnalysisEvent.PartialAnalysisCompleted;
import io.chronoscope.analysis.AnalysisEvent.Progress;
import io.chronoscope.analysis.AnalysisEvent.RuleEvaluated;
import io.chronoscope.analysis.AnalysisEvent.RulesSkipped;
import io.chronoscope.analysis.AnalysisEvent.SpanChecked;
import io.chronoscope.analysis.AnalysisEvent.SpanRefused;
import io.chronoscope.analysis.AnalysisEvent.StreamEnded;
import io.chronoscope.analysis.AnalysisEvent.StreamFailed;
import io.chronoscope.analysis.AnalysisEvent.StreamIdle;
import io.chronoscope.analysis.AnalysisEvent.StreamRevoked;
import io.chronoscope.analysis.AnalysisEvent.UnknownWords;
import io.chronoscope.analysis.AnalysisEvent.WindowAnalyzed;
import io.chronoscope.analysis.AnalysisEvent.WindowCompleted;
import io.chronoscope.analysis.AnalysisEvent.WindowEncoded;
import io.chronoscope.analysis.AnalysisEvent.WindowShed;
import io.chronoscope.analysis.AnalysisEvent.WindowSightings;
import io.chronoscope.analysis.AnalysisEvent.WindowStarted;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.domain.Sampling;
import io.chronoscope.shedding.LoadGovernor;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/// Metrics of the analysis. Streams are no label, because there may be thousands.
final class AnalysisMetrics implements AnalysisListener {

  /// Buckets from nearly live to hopelessly late.
  private static final Duration[] LAGS =
      IntStream.of(1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600)
          .mapToObj(Duration::ofSeconds)
          .toArray(Duration[]::new);

  private final MeterRegistry registry;
  private final Counter fetchedBytes;
  private final Counter unreachable;
  private final Counter decoded;
  private final Counter skipped;
  private final Counter spansRefused;
  private final Counter unknownWords;
  private final Counter eventsHeldBack;
  private final Counter chunksShed;
  private final Counter frames;
  private final Counter damaged;
  private final Counter strayBytes;
  private final Counter candidates;
  private final Counter shown;
  private final Counter encoded;
  private final Counter reused;
  private final Counter unchanged;
  private final Counter answersReused;
  private final Counter videoTokens;
  private final Counter generatedTokens;
  private final Counter windows;
  private final Counter partialWindows;
  private final Timer eventLatency;
  private final Timer eventDelay;
  private final Counter windowsShed;
  private final Counter events;
  private final Counter ended;
  private final Counter failed;
  private final Counter rulesSkipped;
  private final Counter alertsSuppressed;
  private final DistributionSummary fps;
  private final Timer windowLag;
  private final Map<String, Long> lagMicros = new ConcurrentHashMap<>();

  AnalysisMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.fetchedBytes =
        counter("chronoscope.references.fetched.bytes", "Bytes fetched for chunks by reference");
    this.unreachable =
        counter("chronoscope.references.unreachable", "Attempts at a store that did not respond");
    this.decoded = chunks("decoded");
    this.skipped = chunks("skipped");
    this.chunksShed = chunks("shed");
    this.frames = frames("decoded");
    this.damaged = frames("damaged");
    this.strayBytes =
        counter(
            "chronoscope.media.stray.bytes",
            "Bytes around media that do not belong to them, and incomplete transport packets");
    this.candidates = frames("sampled");
    this.shown = frames("shown");
    this.encoded = pairs("encoded");
    this.reused = pairs("reused");
    this.unchanged = pairs("unchanged");
    this.answersReused =
        counter(
            "chronoscope.answers.reused", "Answers of windows in which nothing changed, reused");
    this.videoTokens = tokens("video");
    this.generatedTokens = tokens("generated");
    this.windows = counter("chronoscope.windows", "Windows analyzed as a whole");
    this.partialWindows =
        counter("chronoscope.windows.partial", "Partial analyses of windows not yet full");
    this.eventLatency =
        firstPublication(
            "chronoscope.event.latency",
            "From the record with the last frame analyzed for an event until its first revision can"
                + " be read");
    this.eventDelay =
        firstPublication(
            "chronoscope.event.delay",
            "From the record with the first frame of an event until its first revision can be"
                + " read");
    this.windowsShed = counter("chronoscope.windows.shed", "Windows left out by load shedding");
    this.events = counter("chronoscope.events", "Events found in windows, before they are merged");
    this.ended = finished("ended");
    this.failed = finished("failed");
    this.rulesSkipped =
        counter("chronoscope.rules.skipped", "Rules not evaluated in a window that has too many");
    this.spansRefused =
        counter(
            "chronoscope.spans.refused",
            "Spans found for a rule, a question or a query that the check of the span refused");
    this.eventsHeldBack =
        counter(
            "chronoscope.events.held.back",
            "Events that were not published, because their confidence is below the minimum");
    this.unknownWords =
        counter(
            "chronoscope.queries.unknown",
            "Questions about a window in words that the model's world does not have");
    this.alertsSuppressed =
        counter("chronoscope.alerts.suppressed", "Matches suppressed by a rule's cool-down");
    List.of(MalformedAnswer.Outcome.values()).forEach(this::malformed);
    List.of(true, false).forEach(this::evaluated);
    this.fps =
        DistributionSummary.builder("chronoscope.window.fps")
            .description("Frame rates that dynamic sampling chose")
            .register(registry);
    this.windowLag =
        Timer.builder("chronoscope.window.lag")
            .description("Age of the last record of a window when the window was analyzed")
            .serviceLevelObjectives(LAGS)
            .register(registry);
    Gauge.builder(
            "chronoscope.lag.seconds",
            lagMicros,
            lags -> lags.values().stream().mapToLong(Long::longValue).max().orElse(0) / 1e6)
        .description("Decoded video not yet analyzed, of the worst stream")
        .register(registry);
  }

  void watchShedding(LoadGovernor load) {
    Gauge.builder("chronoscope.shedding.pressure", load, LoadGovernor::pressure)
        .description("Strength of load shedding; 0 when nothing is shed")
        .register(registry);
    Gauge.builder(
            "chronoscope.shedding.lag", load, governor -> governor.worstLag().toMillis() / 1000.0)
        .baseUnit("seconds")
        .description("Lag that controls load shedding: the worst of all streams")
        .register(registry);
  }

  @Override
  public void on(AnalysisEvent event) {
    switch (event) {
      case MediaFetched media -> {
        fetchedBytes.increment(media.reference().sizeBytes());
        stage("fetch").record(media.took());
      }
      case MediaUnavailable _ -> unreachable.increment();
      case ChunkDecoded chunk -> {
        decoded.increment();
        frames.increment(chunk.facts().frames());
        damaged.increment(chunk.facts().damagedFrames());
        strayBytes.increment(chunk.facts().strayBytes());
        candidates.increment(chunk.sampledFrames());
        stage("decode").record(chunk.took());
      }
      case ChunkRejected chunk ->
          chunks(chunk.rejection().reason().name().toLowerCase(Locale.ROOT)).increment();
      case ChunkShed _ -> chunksShed.increment();
      case DuplicateChunkSkipped _ -> skipped.increment();
      case WindowEncoded window -> {
        encoded.increment(window.pairs() - (double) window.reused() - window.unchanged());
        reused.increment(window.reused());
        unchanged.increment(window.unchanged());
        stage("encode").record(window.took());
      }
      case WindowShed _ -> windowsShed.increment();
      case WindowAnalyzed window -> {
        windows.increment();
        events.increment(window.events());
        model(window.sampling(), window.generatedTokens());
        fps.record(window.sampling().fps());
        windowLag.record(Duration.ofMillis(window.sampling().lagMs()));
        stage("answer").record(window.took());
      }
      case PartialAnalysisCompleted partial -> {
        partialWindows.increment();
        model(partial.sampling(), partial.generatedTokens());
        stage("partial").record(partial.took());
        stage(FormerMetricNames.PARTIAL_STAGE).record(partial.took());
      }
      case AnswerReused _ -> answersReused.increment();
      case EventOpened opened -> {
        eventLatency.record(opened.latency());
        eventDelay.record(opened.delay());
      }
      case MalformedAnswer answer -> malformed(answer.outcome()).increment();
      case RuleEvaluated rule -> evaluated(rule.matches()).increment();
      case RulesSkipped rules -> rulesSkipped.increment(rules.rules().size());
      case SpanChecked _, WindowSightings _ -> {}
      case EventJudged judged -> {
        switch (judged.outcome()) {
          case PUBLISHED -> {}
          case HELD_BACK -> eventsHeldBack.increment();
        }
      }
      case SpanRefused _ -> spansRefused.increment();
      case UnknownWords _ -> unknownWords.increment();
      case AlertSuppressed _ -> alertsSuppressed.increment();
      case Progress progress ->
          lagMicros.put(
              progress.stream(),
              Math.max(0, progress.receivedMicros() - progress.analyzedMicros()));
      case StreamEnded stream -> {
        ended.increment();
        lagMicros.remove(stream.stream());
      }
      case StreamIdle stream -> lagMicros.remove(stream.stream());
      case StreamRevoked stream -> lagMicros.remove(stream.stream());
      case StreamFailed stream -> {
        failed.increment();
        lagMicros.remove(stream.stream());
      }
      case InputStarted _, InputCompleted _, WindowStarted _, WindowCompleted _ -> {}
    }
  }

  private void model(Sampling sampling, int tokens) {
    shown.increment(sampling.framesSeen());
    videoTokens.increment(sampling.videoTokens());
    generatedTokens.increment(tokens);
  }

  private Counter counter(String name, String description, String... tags) {
    return Counter.builder(name).description(description).tags(tags).register(registry);
  }

  private Counter chunks(String outcome) {
    return counter(
        "chronoscope.chunks",
        "Chunks by outcome: decoded, skipped, shed, or why rejected",
        "outcome",
        outcome);
  }

  private Counter frames(String stage) {
    return counter(
        "chronoscope.frames",
        "Frames by stage: decoded, damaged, sampled, shown to the model",
        "stage",
        stage);
  }

  private Counter pairs(String outcome) {
    return counter("chronoscope.pairs", "Frame pairs, encoded anew or reused", "outcome", outcome);
  }

  private Counter tokens(String kind) {
    return counter(
        "chronoscope.tokens", "Tokens of video shown and of text generated", "kind", kind);
  }

  private Counter finished(String outcome) {
    return counter(
        "chronoscope.streams.finished", "Streams that ended or failed", "outcome", outcome);
  }

  private Counter malformed(MalformedAnswer.Outcome outcome) {
    return counter(
        "chronoscope.answers.malformed",
        "Malformed answers of the model: repaired, retried, or reported as unanswered",
        "outcome",
        outcome.name().toLowerCase(Locale.ROOT));
  }

  private Counter evaluated(boolean matches) {
    return counter(
        "chronoscope.rules.evaluated",
        "Evaluations of rules, matched or not",
        "outcome",
        matches ? "matched" : "not-matched");
  }

  private Timer firstPublication(String name, String description) {
    return Timer.builder(name)
        .description(description)
        .publishPercentileHistogram()
        .minimumExpectedValue(Duration.ofMillis(50))
        .maximumExpectedValue(Duration.ofMinutes(10))
        .register(registry);
  }

  private Timer stage(String name) {
    return Timer.builder("chronoscope.stage.seconds")
        .description("Time spent in a stage of the analysis")
        .tag("stage", name)
        .publishPercentileHistogram()
        .minimumExpectedValue(Duration.ofMillis(1))
        .maximumExpectedValue(Duration.ofMinutes(2))
        .register(registry);
  }
}
