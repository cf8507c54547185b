package io.chronoscope.service;

import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.ChunkArchive;
import io.chronoscope.analysis.CommitSink;
import io.chronoscope.analysis.StreamStarts;
import io.chronoscope.analysis.question.PictureDescription;
import io.chronoscope.analysis.question.QuestionAnswerer;
import io.chronoscope.analysis.question.QuestionLimits;
import io.chronoscope.analysis.question.SpanDescription;
import io.chronoscope.analysis.stream.StreamAnalysis;
import io.chronoscope.analysis.stream.StreamTools;
import io.chronoscope.analysis.window.EmbeddingCache;
import io.chronoscope.analysis.window.WindowTools;
import io.chronoscope.batching.BatchLimits;
import io.chronoscope.batching.BatchListener;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.checkpoint.CheckpointHints;
import io.chronoscope.claimcheck.ReferenceStore;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfiguredModel;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.decode.MediaDecoder;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Picture;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.qwen.Qwen25Vl;
import io.chronoscope.rule.Rules;
import io.chronoscope.shedding.LoadGovernor;
import io.chronoscope.vlm.Calibration;
import io.chronoscope.vlm.VideoLanguageModel;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// The loaded model with everything that analyses need besides their settings: batching, embedding
/// cache, access to referenced media. Owns all of these; the decoder belongs to the caller, who
/// closes it later. Commands without Kafka use it as well as the service.
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

  /// Loads the configured checkpoint.
  ///
  /// @param batches receives what the model computes
  public static AnalysisRuntime open(
      ChronoscopeConfig settings,
      MediaDecoder decoder,
      AnalysisListener listener,
      BatchListener batches) {
    return open(settings, decoder, listener, batches, engine -> engine);
  }

  /// @param decorator wraps the model below the batching
  public static AnalysisRuntime open(
      ChronoscopeConfig settings,
      MediaDecoder decoder,
      AnalysisListener listener,
      BatchListener batches,
      UnaryOperator<VideoLanguageModel> decorator) {
    ChronoscopeConfig.Batching batching = settings.batching();
    Qwen25Vl engine = ConfiguredModel.open(settings);
    BatchedModel model =
        new BatchedModel(
            decorator.apply(engine),
            new BatchLimits(batching.maxPairs(), batching.maxDelay()),
            new BatchLimits(
                ConfiguredModel.engine(settings).decoding().steps().maxBatch(),
                batching.maxDelay()),
            batches);
    ReferenceStore references =
        new ReferenceStore(
            LayerSettings.references(settings),
            listener,
            settings.queue().maxBytes().asLongValue());
    WindowTools tools =
        new WindowTools(
            decoder,
            references,
            model,
            new EmbeddingCache(
                model,
                settings.cache().maxBytes().asLongValue(),
                LayerSettings.comparison(settings)),
            listener,
            InstantSource.system());
    return new AnalysisRuntime(engine, model, references, tools);
  }

  /// Recommendations of the checkpoint, if it has any.
  public Optional<CheckpointHints> hints() {
    return engine.checkpoint().hints();
  }

  /// Bytes of cached embeddings.
  long embeddingBytes() {
    return tools.embeddings().bytes();
  }

  /// Bytes of the keys and values of beginnings that prompts share.
  long prefixBytes() {
    return engine.prefixBytes();
  }

  /// Of the checkpoint's probabilities and bounds.
  Calibration calibration() {
    return model.profile().calibration();
  }

  ModelRef model() {
    return engine.ref();
  }

  /// Creates an analysis of streams. The caller closes it before this runtime.
  public StreamAnalysis analysis(
      AnalysisSettings settings, LoadGovernor load, Rules rules, CommitSink sink) {
    return new StreamAnalysis(settings, new StreamTools(tools, load, rules, sink));
  }

  /// Creates an analysis whose streams have nothing to do with the live ones, although some have
  /// the same names: without their metrics and traces.
  StreamAnalysis apart(
      AnalysisSettings settings, Rules rules, CommitSink sink, AnalysisListener listener) {
    WindowTools own =
        new WindowTools(
            tools.decoder(),
            references,
            model,
            tools.embeddings(),
            listener,
            InstantSource.system());
    return new StreamAnalysis(settings, new StreamTools(own, LoadGovernor.off(), rules, sink));
  }

  /// Creates an answerer of questions. The caller stops asking it before closing this runtime.
  QuestionAnswerer questions(
      AnalysisSettings settings, QuestionLimits limits, ChunkArchive archive, StreamStarts starts) {
    return new QuestionAnswerer(settings, limits, tools, archive, starts);
  }

  /// What a picture shows, in the words of events.
  ///
  /// @param picture stays open
  /// @throws IllegalArgumentException when it is too narrow for the model
  public String describe(Picture picture, AnalysisSettings settings) {
    return PictureDescription.of(picture, model, settings);
  }

  /// What the model tells about a part of a video that is shown alone.
  ///
  /// @see SpanDescription#of
  public List<String> describe(
      Instant start,
      List<Chunk> chunks,
      long fromMicros,
      long untilMicros,
      AnalysisSettings settings)
      throws UnreadableMediaException {
    return SpanDescription.of(start, chunks, fromMicros, untilMicros, settings, tools);
  }

  @Override
  public void close() {
    model.close();
    engine.close();
    references.close();
  }
}
