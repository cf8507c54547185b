package io.chronoscope.cli.bench.engine;

import io.chronoscope.checkpoint.TextConfig;
import io.chronoscope.checkpoint.VisionConfig;
import io.chronoscope.domain.FrameSize;

/// The [Work] of Qwen2.5-VL by its dimensions. Counts matrix products and attention, the weights,
/// read once for each batch, and the KV cache; norms, rotations and activations are left to the
/// difference from the ceiling.
///
/// @param bytesPerNumber of weights and KV cache, as the engine computes them
record ModelWork(VisionConfig vision, TextConfig text, double bytesPerNumber) {

  /// Encodes frame pairs of one size together.
  Work encoder(FrameSize size, int pairs) {
    int side = vision.patchSize();
    double patches = (double) (size.widthPx() / side) * (size.heightPx() / side);
    double hidden = vision.hiddenSize();
    double windowPatches = Math.pow((double) vision.windowSizePx() / side, 2);
    double attended = 0;
    for (int block = 0; block < vision.depth(); block++) {
      attended +=
          vision.fullAttentionBlocks().contains(block) ? patches : Math.min(patches, windowPatches);
    }
    double merged = (double) vision.spatialMergeSize() * vision.spatialMergeSize();
    double products =
        patches * (blockWeights() * vision.depth() + vision.patchValues() * hidden)
            + patches / merged * mergerWeights();
    double flops = 2 * products + 4 * patches * attended * hidden;
    return new Work(pairs * flops, encoderWeights() * bytesPerNumber);
  }

  private double blockWeights() {
    double hidden = vision.hiddenSize();
    return 4 * hidden * hidden + 3 * hidden * vision.intermediateSize();
  }

  private double mergerWeights() {
    double merged =
        (double) vision.hiddenSize() * vision.spatialMergeSize() * vision.spatialMergeSize();
    return merged * merged + merged * vision.outHiddenSize();
  }

  private double encoderWeights() {
    return vision.depth() * blockWeights()
        + (double) vision.patchValues() * vision.hiddenSize()
        + mergerWeights();
  }

  /// Computes the first token of prompts of one length.
  Work prefill(int tokens, int batch) {
    double attention = 2.0 * tokens * tokens * text.heads() * text.headDim() * text.layers();
    double flops = 2.0 * tokens * text.layers() * layerWeights() + attention + 2 * outputWeights();
    return new Work(batch * flops, weightBytes() + batch * cacheBytes(tokens));
  }

  /// Computes the first token of a prompt whose beginning was computed before.
  ///
  /// @param cached tokens of the beginning
  /// @param tokens of the whole prompt
  Work continuation(int cached, int tokens) {
    double pairs = 1.0 * tokens * tokens - 1.0 * cached * cached;
    double attention = 2 * pairs * text.heads() * text.headDim() * text.layers();
    double flops =
        2.0 * (tokens - cached) * text.layers() * layerWeights() + attention + 2 * outputWeights();
    return new Work(flops, weightBytes() + cacheBytes(tokens));
  }

  /// Computes one more token of each sequence.
  ///
  /// @param context tokens in the KV cache of each
  Work decodeStep(double context, int batch) {
    double attention = 4.0 * context * text.heads() * text.headDim() * text.layers();
    double flops = 2 * (text.layers() * layerWeights() + outputWeights()) + attention;
    return new Work(batch * flops, weightBytes() + batch * cacheBytes(context));
  }

  private double layerWeights() {
    double hidden = text.hiddenSize();
    double queries = (double) text.heads() * text.headDim();
    double keys = (double) text.kvHeads() * text.headDim();
    return hidden * (2 * queries + 2 * keys) + 3 * hidden * text.intermediateSize();
  }

  private double outputWeights() {
    return (double) text.hiddenSize() * text.vocabSize();
  }

  private double weightBytes() {
    return (text.layers() * layerWeights() + outputWeights()) * bytesPerNumber;
  }

  private double cacheBytes(double tokens) {
    return 2.0 * text.layers() * text.kvHeads() * text.headDim() * tokens * bytesPerNumber;
  }
}
