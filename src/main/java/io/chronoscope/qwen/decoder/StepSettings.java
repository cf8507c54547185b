package io.chronoscope.qwen.decoder;

import java.util.OptionalInt;

/// Limits of a [StepDecoder].
///
/// @param maxBatch sequences that decode together at most
/// @param prefillChunk tokens of a prompt that one run computes at most; bounds its working memory
/// @param maxPrefixBytes keys, values and embeddings of shared beginnings of prompts that are kept
///   for other prompts; 0 shares nothing
/// @param draftTokens tokens that are proposed and verified in one step of a sequence that decodes
///   alone, at most; 0 for none, empty for what suits the weights ([Drafting#longest])
/// @param launch how the operators of a decode step are launched on a GPU
public record StepSettings(
    int maxBatch,
    int prefillChunk,
    long maxPrefixBytes,
    OptionalInt draftTokens,
    StepSettings.Launch launch) {

  /// Each draft token takes a row of the vocabulary.
  public static final int MAX_DRAFT_TOKENS = 64;

  /// How a GPU gets its work.
  public enum Launch {
    /// The host launches each operator.
    BY_OPERATOR,
    /// The host launches a step's operators at once, as a captured CUDA graph.
    BY_GRAPH
  }

  public static final StepSettings DEFAULT = new StepSettings(8, 1024, 512L << 20);

  public StepSettings(int maxBatch, int prefillChunk, long maxPrefixBytes) {
    this(maxBatch, prefillChunk, maxPrefixBytes, OptionalInt.empty(), Launch.BY_OPERATOR);
  }

  public StepSettings {
    if (maxBatch < 1 || prefillChunk < 1 || maxPrefixBytes < 0) {
      throw new IllegalArgumentException(
          "maxBatch %d, prefillChunk %d, maxPrefixBytes %d"
              .formatted(maxBatch, prefillChunk, maxPrefixBytes));
    }
    if (draftTokens.isPresent()
        && (draftTokens.getAsInt() < 0 || draftTokens.getAsInt() > MAX_DRAFT_TOKENS)) {
      throw new IllegalArgumentException(
          "%d draft tokens, must be 0 to %d".formatted(draftTokens.getAsInt(), MAX_DRAFT_TOKENS));
    }
  }

  /// @param count as [#draftTokens]
  public StepSettings withDraftTokens(int count) {
    return new StepSettings(maxBatch, prefillChunk, maxPrefixBytes, OptionalInt.of(count), launch);
  }
}
