package io.chronoscope.qwen.decoder;

/// Limits of a [StepDecoder].
///
/// @param maxBatch sequences that decode together at most
/// @param prefillChunk tokens of a prompt that one run computes at most; bounds its working memory
/// @param maxPrefixBytes keys, values and embeddings of shared beginnings of prompts that are kept
///   for other prompts; 0 shares nothing
/// @param launch how the operators of a decode step are launched on a GPU
public record StepSettings(
    int maxBatch, int prefillChunk, long maxPrefixBytes, StepSettings.Launch launch) {

  /// How a GPU gets its work.
  public enum Launch {
    /// The host launches each operator.
    BY_OPERATOR,
    /// The host launches a step's operators at once, as a captured CUDA graph.
    BY_GRAPH
  }

  public static final StepSettings DEFAULT = new StepSettings(8, 1024, 512L << 20);

  public StepSettings(int maxBatch, int prefillChunk, long maxPrefixBytes) {
    this(maxBatch, prefillChunk, maxPrefixBytes, Launch.BY_OPERATOR);
  }

  public StepSettings {
    if (maxBatch < 1 || prefillChunk < 1 || maxPrefixBytes < 0) {
      throw new IllegalArgumentException(
          "maxBatch %d, prefillChunk %d, maxPrefixBytes %d"
              .formatted(maxBatch, prefillChunk, maxPrefixBytes));
    }
  }
}
