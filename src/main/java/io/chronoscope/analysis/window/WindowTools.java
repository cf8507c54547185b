package io.chronoscope.analysis.window;

import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.ReferencedMedia;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.decode.MediaDecoder;
import java.time.InstantSource;

/// Ports for the analysis of windows, of live streams and for questions alike. Owns none of them.
///
/// @param embeddings cache for `model`, shared by everything that analyzes the same streams
/// @param answers of `model`, shared likewise
public record WindowTools(
    MediaDecoder decoder,
    ReferencedMedia references,
    BatchedModel model,
    EmbeddingCache embeddings,
    AnalysisListener listener,
    InstantSource clock,
    AnswerCache answers) {

  /// With no answer known yet.
  public WindowTools(
      MediaDecoder decoder,
      ReferencedMedia references,
      BatchedModel model,
      EmbeddingCache embeddings,
      AnalysisListener listener,
      InstantSource clock) {
    this(decoder, references, model, embeddings, listener, clock, new AnswerCache());
  }
}
