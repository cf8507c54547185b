package io.chronoscope.analysis.stream;

import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.CommitSink;
import io.chronoscope.analysis.ReferencedMedia;
import io.chronoscope.analysis.window.WindowTools;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.decode.MediaDecoder;
import io.chronoscope.rule.Rules;
import io.chronoscope.shedding.LoadGovernor;
import io.chronoscope.testing.BatchedModels;
import io.chronoscope.testing.LampModel;
import io.chronoscope.testing.LampVideo;
import io.chronoscope.vlm.VideoLanguageModel;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// What the analysis of streams needs in a test: a [LampModel] behind a batcher, and tools around
/// it. Unless a test replaces them, the tools read [LampVideo], shed no load, apply no rules,
/// report to nobody, reject every commit to a sink, and stand still at [#NOON].
///
/// Owns the batcher: close it.
final class StreamFixture implements AutoCloseable {

  static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  private final BatchedModel model;
  private MediaDecoder decoder = new LampVideo();
  private ReferencedMedia references = ReferencedMedia.NONE;
  private LoadGovernor load = LoadGovernor.off();
  private Rules rules = Rules.NONE;
  private AnalysisListener listener = AnalysisListener.SILENT;
  private InstantSource clock = () -> NOON;
  private CommitSink sink =
      commit -> {
        throw new AssertionError("commits are passed on directly");
      };

  StreamFixture() {
    this(new LampModel());
  }

  StreamFixture(VideoLanguageModel model) {
    this(model, Duration.ZERO);
  }

  /// @param answerDelay how long questions wait for others to share their batch
  StreamFixture(VideoLanguageModel model, Duration answerDelay) {
    this.model = BatchedModels.of(model, 4, answerDelay);
  }

  StreamFixture decoder(MediaDecoder decoder) {
    this.decoder = decoder;
    return this;
  }

  StreamFixture references(ReferencedMedia references) {
    this.references = references;
    return this;
  }

  StreamFixture load(LoadGovernor load) {
    this.load = load;
    return this;
  }

  StreamFixture rules(Rules rules) {
    this.rules = rules;
    return this;
  }

  StreamFixture listener(AnalysisListener listener) {
    this.listener = listener;
    return this;
  }

  StreamFixture clock(InstantSource clock) {
    this.clock = clock;
    return this;
  }

  StreamFixture sink(CommitSink sink) {
    this.sink = sink;
    return this;
  }

  /// Tools with a cache of their own.
  StreamTools tools() {
    return new StreamTools(
        new WindowTools(decoder, references, model, BatchedModels.cache(model), listener, clock),
        load,
        rules,
        sink);
  }

  @Override
  public void close() {
    model.close();
  }
}
