package io.chronoscope.analysis.window;

import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.CommitSink;
import io.chronoscope.analysis.ReferencedMedia;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.decode.MediaDecoder;
import io.chronoscope.rule.Rules;
import io.chronoscope.shedding.LoadGovernor;
import java.time.InstantSource;

/// What the analysis works with. It owns none of it.
///
/// @param pairs of `model`; shared with everything else that looks at the same streams
public record AnalysisTools(
    MediaDecoder decoder,
    ReferencedMedia references,
    BatchedModel model,
    LoadGovernor load,
    Rules rules,
    EmbeddingCache pairs,
    CommitSink sink,
    AnalysisListener listener,
    InstantSource clock) {

  /// Without rules and with a store of its own.
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
}
