package io.chronoscope.qwen.decoder;

/// Limits of a [StepDecoder].
///
/// @param maxBatch sequences that decode together at most
/// @param prefillChunk tokens of a prompt that one run computes at most; bounds the working memory
///   of attention, `heads · prefillChunk · prompt` numbers on the CPU
/// @param maxPrefixBytes keys, values and embeddings of shared beginnings of prompts that are kept
///   for other prompts; 0 shares nothing
public record StepSettings(int maxBatch, int prefillChunk, long maxPrefixBytes) {

  public static final StepSettings DEFAULT = new StepSettings(16, 1024, 512L << 20);

  public StepSettings {
    if (maxBatch < 1 || prefillChunk < 1 || maxPrefixBytes < 0) {
      throw new IllegalArgumentException(
          "maxBatch %d, prefillChunk %d, maxPrefixBytes %d"
              .formatted(maxBatch, prefillChunk, maxPrefixBytes));
    }
  }
}
