package io.chronoscope.service;

import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.ChunkArchive;
import io.chronoscope.analysis.CommitSink;
import io.chronoscope.analysis.StreamStarts;
import io.chronoscope.analysis.question.QuestionAnswerer;
import io.chronoscope.analysis.question.QuestionLimits;
import io.chronoscope.analysis.stream.StreamAnalysis;
import io.chronoscope.analysis.window.AnalysisTools;
import io.chronoscope.analysis.window.EmbeddingCache;
import io.chronoscope.batching.BatchLimits;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.checkpoint.CheckpointHints;
import io.chronoscope.claimcheck.ReferenceStore;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.decode.MediaDecoder;
import io.chronoscope.qwen.Qwen25Vl;
import io.chronoscope.rule.Rules;
import io.chronoscope.shedding.LoadGovernor;
import io.chronoscope.vlm.VideoLanguageModel;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;

/// A model with everything around it that analyses streams. Owns all of it.
public final class AnalysisRuntime implements AutoCloseable {

  private final Qwen25Vl engine;
  private final BatchedModel model;
  private final EmbeddingCache pairs;
  private final MediaDecoder decoder;
  private final ReferenceStore references;
  private final AnalysisListener listener;

  private AnalysisRuntime(
      Qwen25Vl engine,
      BatchedModel model,
      EmbeddingCache pairs,
      MediaDecoder decoder,
      ReferenceStore references,
      AnalysisListener listener) {
    this.engine = engine;
    this.model = model;
    this.pairs = pairs;
    this.decoder = decoder;
    this.references = references;
    this.listener = listener;
  }

  public static AnalysisRuntime open(
      ChronoscopeConfig settings,
      MediaDecoder decoder,
      AnalysisListener listener,
      IntConsumer onEncoderBatch,
      IntConsumer onDecoderBatch) {
    return open(settings, decoder, listener, onEncoderBatch, onDecoderBatch, engine -> engine);
  }

  /// @param asked what stands between the questions and the engine
  public static AnalysisRuntime open(
      ChronoscopeConfig settings,
      MediaDecoder decoder,
      AnalysisListener listener,
      IntConsumer onEncoderBatch,
      IntConsumer onDecoderBatch,
      UnaryOperator<VideoLanguageModel> asked) {
    ChronoscopeConfig.Batching batching = settings.batching();
    Qwen25Vl engine = LayerSettings.open(settings);
    BatchedModel model =
        new BatchedModel(
            asked.apply(engine),
            new BatchLimits(batching.maxPairs(), batching.maxDelay()),
            new BatchLimits(batching.maxPrompts(), batching.maxDelay()),
            onEncoderBatch,
            onDecoderBatch);
    EmbeddingCache pairs = new EmbeddingCache(model, settings.sharing().maxBytes().asLongValue());
    return new AnalysisRuntime(
        engine,
        model,
        pairs,
        decoder,
        new ReferenceStore(ConfigLoader.references(settings), listener),
        listener);
  }

  public Optional<CheckpointHints> advice() {
    return engine.checkpoint().hints();
  }

  String modelName() {
    return engine.ref().name();
  }

  /// The caller closes it before this.
  public StreamAnalysis analysis(
      AnalysisSettings settings, LoadGovernor load, Rules rules, CommitSink sink) {
    return new StreamAnalysis(
        settings,
        new AnalysisTools(
            decoder,
            references,
            model,
            load,
            rules,
            pairs,
            sink,
            listener,
            InstantSource.system()));
  }

  /// The caller closes what asks it before this.
  QuestionAnswerer questions(
      AnalysisSettings settings, QuestionLimits limits, ChunkArchive archive, StreamStarts starts) {
    return new QuestionAnswerer(
        settings,
        limits,
        new QuestionAnswerer.Tools(decoder, references, model, pairs, archive, starts, listener),
        InstantSource.system());
  }

  @Override
  public void close() {
    model.close();
    engine.close();
    references.close();
  }
}
