package io.chronoscope.testing;

import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.ReferencedMedia;
import io.chronoscope.analysis.window.EmbeddingCache;
import io.chronoscope.analysis.window.WindowTools;
import io.chronoscope.batching.BatchLimits;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.decode.MediaDecoder;
import io.chronoscope.vlm.VideoLanguageModel;
import java.time.Duration;
import java.time.InstantSource;

/// What tests of the analysis need besides a decoder and a model.
public final class AnalysisFixture {

  private AnalysisFixture() {}

  /// Batches whatever is submitted at the same time, without waiting for more. The caller closes
  /// it; the model stays open.
  public static BatchedModel batched(VideoLanguageModel model) {
    return batched(model, 4, Duration.ZERO);
  }

  /// @param maxPrompts prompts in a batch of the decoder
  /// @param maxDelay how long the decoder waits for a batch to fill
  public static BatchedModel batched(VideoLanguageModel model, int maxPrompts, Duration maxDelay) {
    return new BatchedModel(
        model,
        new BatchLimits(16, Duration.ZERO),
        new BatchLimits(maxPrompts, maxDelay),
        size -> {},
        size -> {});
  }

  /// With a cache of its own, and media only in the chunks themselves.
  public static WindowTools windowTools(
      MediaDecoder decoder, BatchedModel model, AnalysisListener listener, InstantSource clock) {
    return new WindowTools(decoder, ReferencedMedia.NONE, model, cache(model), listener, clock);
  }

  public static EmbeddingCache cache(BatchedModel model) {
    return new EmbeddingCache(model, EmbeddingCache.DEFAULT_MAX_BYTES);
  }
}
