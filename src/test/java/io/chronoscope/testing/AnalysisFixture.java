package io.chronoscope.testing;

import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.CommitSink;
import io.chronoscope.analysis.ReferencedMedia;
import io.chronoscope.analysis.window.AnalysisTools;
import io.chronoscope.analysis.window.EmbeddingCache;
import io.chronoscope.batching.BatchLimits;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.decode.MediaDecoder;
import io.chronoscope.rule.Rules;
import io.chronoscope.shedding.LoadGovernor;
import io.chronoscope.vlm.VideoLanguageModel;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// What the analysis of streams needs in a test: a [LampModel] behind a batcher, and tools around
/// it. Unless a test replaces them, the tools read [LampVideo], shed no load, apply no rules,
/// report to nobody, reject every commit to a sink, and stand still at [#NOON].
///
/// Owns the batcher: close it.
public final class AnalysisFixture implements AutoCloseable {

  public static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  private final BatchedModel model;
  private MediaDecoder decoder = new LampVideo();
  private LoadGovernor load = LoadGovernor.off();
  private Rules rules = Rules.NONE;
  private AnalysisListener listener = AnalysisListener.SILENT;
  private InstantSource clock = () -> NOON;
  private CommitSink sink =
      commit -> {
        throw new AssertionError("commits are passed on directly");
      };

  public AnalysisFixture() {
    this(new LampModel());
  }

  public AnalysisFixture(VideoLanguageModel model) {
    this(model, Duration.ZERO);
  }

  /// @param answerDelay how long questions wait for others to share their batch
  public AnalysisFixture(VideoLanguageModel model, Duration answerDelay) {
    this.model = batched(model, answerDelay);
  }

  /// A model behind a batcher that does not wait.
  public static BatchedModel batched(VideoLanguageModel model) {
    return batched(model, Duration.ZERO);
  }

  private static BatchedModel batched(VideoLanguageModel model, Duration answerDelay) {
    return new BatchedModel(
        model,
        new BatchLimits(16, Duration.ZERO),
        new BatchLimits(4, answerDelay),
        size -> {},
        size -> {});
  }

  public AnalysisFixture decoder(MediaDecoder decoder) {
    this.decoder = decoder;
    return this;
  }

  public AnalysisFixture load(LoadGovernor load) {
    this.load = load;
    return this;
  }

  public AnalysisFixture rules(Rules rules) {
    this.rules = rules;
    return this;
  }

  public AnalysisFixture listener(AnalysisListener listener) {
    this.listener = listener;
    return this;
  }

  public AnalysisFixture clock(InstantSource clock) {
    this.clock = clock;
    return this;
  }

  public AnalysisFixture sink(CommitSink sink) {
    this.sink = sink;
    return this;
  }

  /// Tools with a cache of their own.
  public AnalysisTools tools() {
    return new AnalysisTools(
        decoder,
        ReferencedMedia.NONE,
        model,
        load,
        rules,
        new EmbeddingCache(model, EmbeddingCache.DEFAULT_MAX_BYTES),
        sink,
        listener,
        clock);
  }

  @Override
  public void close() {
    model.close();
  }
}
