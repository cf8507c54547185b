package io.chronoscope.testing;

import io.chronoscope.analysis.window.EmbeddingCache;
import io.chronoscope.batching.BatchLimits;
import io.chronoscope.batching.BatchListener;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.sampling.PictureComparison;
import io.chronoscope.vlm.VideoLanguageModel;
import java.time.Duration;

/// Batchers, and caches for them, for tests. The caller closes the batchers; the model stays open.
public final class BatchedModels {

  private BatchedModels() {}

  /// Batches what is submitted at the same time, without waiting for more.
  public static BatchedModel of(VideoLanguageModel model) {
    return of(model, 4, Duration.ZERO);
  }

  /// @param maxPrompts prompts in a batch of the decoder
  /// @param maxDelay how long the decoder waits for a batch to fill
  public static BatchedModel of(VideoLanguageModel model, int maxPrompts, Duration maxDelay) {
    return new BatchedModel(
        model,
        new BatchLimits(16, Duration.ZERO),
        new BatchLimits(maxPrompts, maxDelay),
        BatchListener.SILENT);
  }

  /// A cache that is large enough for any test.
  public static EmbeddingCache cache(BatchedModel model) {
    return new EmbeddingCache(model, 256L * 1024 * 1024, PictureComparison.EXACT);
  }
}
