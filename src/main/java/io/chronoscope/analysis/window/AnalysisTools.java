package io.chronoscope.analysis.window;

import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.CommitSink;
import io.chronoscope.analysis.ReferencedMedia;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.decode.MediaDecoder;
import io.chronoscope.rule.Rules;
import io.chronoscope.shedding.LoadGovernor;
import java.time.InstantSource;

/// Ports for the analysis of live streams. Owns none of them.
public record AnalysisTools(WindowTools window, LoadGovernor load, Rules rules, CommitSink sink) {

  /// Without rules, with a cache of its own and the system's clock.
  public AnalysisTools(
      MediaDecoder decoder,
      ReferencedMedia references,
      BatchedModel model,
      LoadGovernor load,
      CommitSink sink,
      AnalysisListener listener) {
    this(
        decoder,
        references,
        model,
        load,
        Rules.NONE,
        new EmbeddingCache(model, EmbeddingCache.DEFAULT_MAX_BYTES),
        sink,
        listener,
        InstantSource.system());
  }

  public AnalysisTools(
      MediaDecoder decoder,
      ReferencedMedia references,
      BatchedModel model,
      LoadGovernor load,
      Rules rules,
      EmbeddingCache embeddings,
      CommitSink sink,
      AnalysisListener listener,
      InstantSource clock) {
    this(
        new WindowTools(decoder, references, model, embeddings, listener, clock),
        load,
        rules,
        sink);
  }

  public BatchedModel model() {
    return window.model();
  }

  public AnalysisListener listener() {
    return window.listener();
  }

  public InstantSource clock() {
    return window.clock();
  }
}
