package io.chronoscope.app;

import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.StepSink;
import io.chronoscope.analysis.StreamAnalysis;
import io.chronoscope.batching.BatchLimits;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.checkpoint.Advice;
import io.chronoscope.decode.MediaDecoder;
import io.chronoscope.vlm.Qwen25Vl;
import java.util.Optional;
import java.util.function.IntConsumer;

/// A model with everything around it that analyses streams. Owns all of it.
final class AnalysisRig implements AutoCloseable {

  private final Qwen25Vl engine;
  private final BatchedModel model;
  private final MediaDecoder decoder;
  private final AnalysisListener listener;

  private AnalysisRig(
      Qwen25Vl engine, BatchedModel model, MediaDecoder decoder, AnalysisListener listener) {
    this.engine = engine;
    this.model = model;
    this.decoder = decoder;
    this.listener = listener;
  }

  static AnalysisRig open(
      ChronoscopeConfig settings,
      MediaDecoder decoder,
      AnalysisListener listener,
      IntConsumer onEncoderBatch,
      IntConsumer onDecoderBatch) {
    ChronoscopeConfig.Batching batching = settings.batching();
    Qwen25Vl engine = Engine.open(settings);
    BatchedModel model =
        new BatchedModel(
            engine,
            new BatchLimits(batching.maxPairs(), batching.maxDelay()),
            new BatchLimits(batching.maxPrompts(), batching.maxDelay()),
            onEncoderBatch,
            onDecoderBatch);
    return new AnalysisRig(engine, model, decoder, listener);
  }

  Optional<Advice> advice() {
    return engine.checkpoint().advice();
  }

  String modelName() {
    return engine.ref().name();
  }

  /// The caller closes it before this.
  StreamAnalysis analysis(AnalysisSettings settings, StepSink sink) {
    return new StreamAnalysis(settings, new StreamAnalysis.Tools(decoder, model, sink, listener));
  }

  @Override
  public void close() {
    model.close();
    engine.close();
  }
}
