package io.chronoscope.checkpoint;

import java.util.Set;

/// The vision encoder's dimensions.
///
/// @param hiddenSize width of a patch
/// @param depth encoder blocks
/// @param heads attention heads
/// @param intermediateSize inner width of the MLP
/// @param outHiddenSize width of a merged token, the decoder's hidden size
/// @param patchSize side of a patch in pixels
/// @param spatialMergeSize side of a merged token in patches
/// @param temporalPatchSize frames per patch; always 2
/// @param windowSizePx side of an attention window in pixels
/// @param fullAttentionBlocks blocks with attention over the whole frame pair instead of windows
/// @param tokensPerSecond temporal positions per second
/// @param inChannels color channels; always 3
public record VisionConfig(
    int hiddenSize,
    int depth,
    int heads,
    int intermediateSize,
    int outHiddenSize,
    int patchSize,
    int spatialMergeSize,
    int temporalPatchSize,
    int windowSizePx,
    Set<Integer> fullAttentionBlocks,
    double tokensPerSecond,
    int inChannels) {

  public VisionConfig {
    fullAttentionBlocks = Set.copyOf(fullAttentionBlocks);
  }

  /// Width of one attention head.
  public int headDim() {
    return hiddenSize / heads;
  }

  /// Side of a merged token in pixels (28): frame sizes are multiples of it.
  public int tokenSizePx() {
    return patchSize * spatialMergeSize;
  }

  /// Side of an attention window in merged tokens (4).
  public int windowTokens() {
    return windowSizePx / spatialMergeSize / patchSize;
  }

  /// Values in a patch (1176): channels · frames · patch rows · patch columns.
  public int patchValues() {
    return inChannels * temporalPatchSize * patchSize * patchSize;
  }
}
