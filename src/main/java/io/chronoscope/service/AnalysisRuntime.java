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
import io.chronoscope.analysis.window.WindowTools;
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
  private final ReferenceStore references;
  private final WindowTools tools;

  private AnalysisRuntime(
      Qwen25Vl engine, BatchedModel model, ReferenceStore references, WindowTools tools) {
    this.engine = engine;
    this.model = model;
    this.references = references;
    this.tools = tools;
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
    ReferenceStore references = new ReferenceStore(ConfigLoader.references(settings), listener);
    WindowTools tools =
        new WindowTools(
            decoder,
            references,
            model,
            new EmbeddingCache(model, settings.sharing().maxBytes().asLongValue()),
            listener,
            InstantSource.system());
    return new AnalysisRuntime(engine, model, references, tools);
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
    return new StreamAnalysis(settings, new AnalysisTools(tools, load, rules, sink));
  }

  /// The caller closes what asks it before this.
  QuestionAnswerer questions(
      AnalysisSettings settings, QuestionLimits limits, ChunkArchive archive, StreamStarts starts) {
    return new QuestionAnswerer(settings, limits, tools, archive, starts);
  }

  @Override
  public void close() {
    model.close();
    engine.close();
    references.close();
  }
}
