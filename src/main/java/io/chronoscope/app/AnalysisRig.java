package io.chronoscope.app;

import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.ChunkArchive;
import io.chronoscope.analysis.PairStore;
import io.chronoscope.analysis.QuestionAnalyst;
import io.chronoscope.analysis.QuestionLimits;
import io.chronoscope.analysis.StepSink;
import io.chronoscope.analysis.StreamAnalysis;
import io.chronoscope.analysis.StreamStarts;
import io.chronoscope.batching.BatchLimits;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.checkpoint.Advice;
import io.chronoscope.decode.MediaDecoder;
import io.chronoscope.load.LoadGovernor;
import io.chronoscope.rule.Rules;
import io.chronoscope.store.ReferenceStore;
import io.chronoscope.vlm.Qwen25Vl;
import io.chronoscope.vlm.VideoLanguageModel;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;

/// A model with everything around it that analyses streams. Owns all of it.
final class AnalysisRig implements AutoCloseable {

  private final Qwen25Vl engine;
  private final BatchedModel model;
  private final PairStore pairs;
  private final MediaDecoder decoder;
  private final ReferenceStore references;
  private final AnalysisListener listener;

  private AnalysisRig(
      Qwen25Vl engine,
      BatchedModel model,
      PairStore pairs,
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

  static AnalysisRig open(
      ChronoscopeConfig settings,
      MediaDecoder decoder,
      AnalysisListener listener,
      IntConsumer onEncoderBatch,
      IntConsumer onDecoderBatch) {
    return open(settings, decoder, listener, onEncoderBatch, onDecoderBatch, engine -> engine);
  }

  /// @param asked what stands between the questions and the engine
  static AnalysisRig open(
      ChronoscopeConfig settings,
      MediaDecoder decoder,
      AnalysisListener listener,
      IntConsumer onEncoderBatch,
      IntConsumer onDecoderBatch,
      UnaryOperator<VideoLanguageModel> asked) {
    ChronoscopeConfig.Batching batching = settings.batching();
    Qwen25Vl engine = Engine.open(settings);
    BatchedModel model =
        new BatchedModel(
            asked.apply(engine),
            new BatchLimits(batching.maxPairs(), batching.maxDelay()),
            new BatchLimits(batching.maxPrompts(), batching.maxDelay()),
            onEncoderBatch,
            onDecoderBatch);
    PairStore pairs = new PairStore(model, settings.sharing().maxBytes().asLongValue());
    return new AnalysisRig(
        engine,
        model,
        pairs,
        decoder,
        new ReferenceStore(Settings.references(settings), listener),
        listener);
  }

  Optional<Advice> advice() {
    return engine.checkpoint().advice();
  }

  String modelName() {
    return engine.ref().name();
  }

  /// The caller closes it before this.
  StreamAnalysis analysis(
      AnalysisSettings settings, LoadGovernor load, Rules rules, StepSink sink) {
    return new StreamAnalysis(
        settings,
        new StreamAnalysis.Tools(
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
  QuestionAnalyst questions(
      AnalysisSettings settings, QuestionLimits limits, ChunkArchive archive, StreamStarts starts) {
    return new QuestionAnalyst(
        settings,
        limits,
        new QuestionAnalyst.Tools(decoder, references, model, pairs, archive, starts, listener),
        InstantSource.system());
  }

  @Override
  public void close() {
    model.close();
    engine.close();
    references.close();
  }
}
