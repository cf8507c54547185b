package io.chronoscope.service;

import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Sampling;
import io.chronoscope.domain.StreamInput.Media;
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

/// What the analysis does, as metrics. No stream is a label: there may be thousands.
final class AnalysisMetrics implements AnalysisListener {

  /// From as good as live to hopelessly late.
  private static final Duration[] LAGS =
      IntStream.of(1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600)
          .mapToObj(Duration::ofSeconds)
          .toArray(Duration[]::new);

  private final MeterRegistry registry;
  private final Counter fetchedBytes;
  private final Counter unreachable;
  private final Counter decoded;
  private final Counter skipped;
  private final Counter chunksLeftOut;
  private final Counter frames;
  private final Counter damaged;
  private final Counter candidates;
  private final Counter shown;
  private final Counter encoded;
  private final Counter reused;
  private final Counter videoTokens;
  private final Counter generatedTokens;
  private final Counter windows;
  private final Counter earlyLooks;
  private final Timer eventLatency;
  private final Timer eventDelay;
  private final Counter windowsLeftOut;
  private final Counter events;
  private final Counter ended;
  private final Counter failed;
  private final Counter rulesLeftOut;
  private final Counter alertsCooled;
  private final DistributionSummary encoderBatch;
  private final DistributionSummary decoderBatch;
  private final DistributionSummary fps;
  private final Timer windowLag;
  private final Map<String, Long> lagMicros = new ConcurrentHashMap<>();

  AnalysisMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.fetchedBytes = registry.counter("chronoscope.references.fetched.bytes");
    this.unreachable = registry.counter("chronoscope.references.unreachable");
    this.decoded = registry.counter("chronoscope.chunks", "outcome", "decoded");
    this.skipped = registry.counter("chronoscope.chunks", "outcome", "skipped");
    this.chunksLeftOut = registry.counter("chronoscope.chunks", "outcome", "left-out");
    this.frames = registry.counter("chronoscope.frames", "stage", "decoded");
    this.damaged = registry.counter("chronoscope.frames", "stage", "damaged");
    this.candidates = registry.counter("chronoscope.frames", "stage", "sampled");
    this.shown = registry.counter("chronoscope.frames", "stage", "shown");
    this.encoded = registry.counter("chronoscope.pairs", "outcome", "encoded");
    this.reused = registry.counter("chronoscope.pairs", "outcome", "reused");
    this.videoTokens = registry.counter("chronoscope.tokens", "kind", "video");
    this.generatedTokens = registry.counter("chronoscope.tokens", "kind", "generated");
    this.windows = registry.counter("chronoscope.windows");
    this.earlyLooks = registry.counter("chronoscope.looks.early");
    this.eventLatency =
        firstWord(
            "chronoscope.event.latency",
            "From the record with the last frame that was looked at until the event it opened can be"
                + " read");
    this.eventDelay =
        firstWord(
            "chronoscope.event.delay",
            "From the record in which an event begins until it can be read that it does");
    this.windowsLeftOut = registry.counter("chronoscope.windows.left.out");
    this.events = registry.counter("chronoscope.events");
    this.ended = registry.counter("chronoscope.streams.over", "outcome", "ended");
    this.failed = registry.counter("chronoscope.streams.over", "outcome", "failed");
    this.rulesLeftOut = registry.counter("chronoscope.rules.left.out");
    this.alertsCooled = registry.counter("chronoscope.alerts.cooled");
    List.of(true, false).forEach(this::broken);
    List.of(true, false).forEach(this::judged);
    this.encoderBatch = registry.summary("chronoscope.batch.size", "stage", "encoder");
    this.decoderBatch = registry.summary("chronoscope.batch.size", "stage", "decoder");
    this.fps = registry.summary("chronoscope.window.fps");
    this.windowLag =
        Timer.builder("chronoscope.window.lag")
            .description(
                "How long the last record that a window needed had waited when it was looked at")
            .serviceLevelObjectives(LAGS)
            .register(registry);
    registry.gauge(
        "chronoscope.lag.seconds",
        lagMicros,
        lags -> lags.values().stream().mapToLong(Long::longValue).max().orElse(0) / 1e6);
  }

  void watch(LoadGovernor load) {
    Gauge.builder("chronoscope.load.pressure", load, LoadGovernor::pressure)
        .description("How far the service has turned itself down; 0 when it looks as asked")
        .register(registry);
    Gauge.builder("chronoscope.load.lag", load, governor -> governor.worst().toMillis() / 1000.0)
        .baseUnit("seconds")
        .description("How long the chunks last looked at had waited, the worst of all streams")
        .register(registry);
  }

  void encoderBatch(int pairs) {
    encoderBatch.record(pairs);
  }

  void decoderBatch(int prompts) {
    decoderBatch.record(prompts);
  }

  @Override
  public void mediaFetched(Media.Reference reference, Duration took) {
    fetchedBytes.increment(reference.sizeBytes());
    stage("fetch").record(took);
  }

  @Override
  public void mediaUnreachable(Media.Reference reference, String problem) {
    unreachable.increment();
  }

  @Override
  public void chunkDecoded(String stream, MediaFacts facts, int sampled, Duration took) {
    decoded.increment();
    frames.increment(facts.frames());
    damaged.increment(facts.damagedFrames());
    candidates.increment(sampled);
    stage("decode").record(took);
  }

  @Override
  public void chunkRejected(String stream, Rejection rejection) {
    registry
        .counter(
            "chronoscope.chunks", "outcome", rejection.reason().name().toLowerCase(Locale.ROOT))
        .increment();
  }

  @Override
  public void chunkLeftOut(String stream, long sequence) {
    chunksLeftOut.increment();
  }

  @Override
  public void chunkSkipped(String stream, long sequence) {
    skipped.increment();
  }

  @Override
  public void windowEncoded(String stream, int pairs, int reusedPairs, Duration took) {
    encoded.increment(pairs - (double) reusedPairs);
    reused.increment(reusedPairs);
    stage("encode").record(took);
  }

  @Override
  public void windowLeftOut(String stream, long window, int level) {
    windowsLeftOut.increment();
  }

  @Override
  public void windowAnswered(
      String stream, Sampling sampling, int found, int tokens, Duration took) {
    windows.increment();
    events.increment(found);
    shown.increment(sampling.framesSeen());
    videoTokens.increment(sampling.videoTokens());
    generatedTokens.increment(tokens);
    fps.record(sampling.fps());
    windowLag.record(Duration.ofMillis(sampling.lagMs()));
    stage("answer").record(took);
  }

  @Override
  public void lookedEarly(String stream, Sampling sampling, int found, int tokens, Duration took) {
    earlyLooks.increment();
    shown.increment(sampling.framesSeen());
    videoTokens.increment(sampling.videoTokens());
    generatedTokens.increment(tokens);
    stage("early").record(took);
  }

  @Override
  public void eventOpened(String stream, Duration latency, Duration sinceItBegan) {
    eventLatency.record(latency);
    eventDelay.record(sinceItBegan);
  }

  @Override
  public void answerBroken(String stream, String problem, boolean last) {
    broken(last).increment();
  }

  private Counter broken(boolean last) {
    return registry.counter("chronoscope.answers.broken", "outcome", last ? "reported" : "retried");
  }

  @Override
  public void ruleJudged(String stream, String rule, double score, boolean happens) {
    judged(happens).increment();
  }

  private Counter judged(boolean happens) {
    return registry.counter("chronoscope.rules.judged", "outcome", happens ? "seen" : "not-seen");
  }

  @Override
  public void rulesLeftOut(String stream, List<String> rules) {
    rulesLeftOut.increment(rules.size());
  }

  @Override
  public void alertCooled(String stream, String rule) {
    alertsCooled.increment();
  }

  @Override
  public void progress(String stream, long analysedMicros, long arrivedMicros) {
    lagMicros.put(stream, Math.max(0, arrivedMicros - analysedMicros));
  }

  @Override
  public void streamEnded(String stream) {
    ended.increment();
    lagMicros.remove(stream);
  }

  @Override
  public void streamRests(String stream) {
    lagMicros.remove(stream);
  }

  @Override
  public void streamLeft(String stream) {
    lagMicros.remove(stream);
  }

  @Override
  public void streamFailed(String stream, Throwable cause) {
    failed.increment();
    lagMicros.remove(stream);
  }

  private Timer firstWord(String name, String description) {
    return Timer.builder(name)
        .description(description)
        .publishPercentileHistogram()
        .minimumExpectedValue(Duration.ofMillis(50))
        .maximumExpectedValue(Duration.ofMinutes(10))
        .register(registry);
  }

  private Timer stage(String name) {
    return Timer.builder("chronoscope.stage.seconds")
        .tag("stage", name)
        .publishPercentileHistogram()
        .minimumExpectedValue(Duration.ofMillis(1))
        .maximumExpectedValue(Duration.ofMinutes(2))
        .register(registry);
  }
}
