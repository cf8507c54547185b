package io.chronoscope.checkpoint;

import java.util.List;

/// The decoder's shape.
///
/// @param hiddenSize width of a token
/// @param layers decoder layers
/// @param heads query heads
/// @param kvHeads key and value heads; divides `heads`
/// @param headDim `hiddenSize / heads`
/// @param intermediateSize width inside the MLP
/// @param vocabSize rows of the embedding
/// @param rmsNormEps epsilon of every RMS norm
/// @param ropeTheta base of the rotary frequencies
/// @param mropeSection how many frequencies turn with time, height and width; together `headDim /
///   2`
/// @param maxPositions `max_position_embeddings`: no token may stand beyond
/// @param tiedEmbeddings whether the output projection is the embedding itself
public record TextConfig(
    int hiddenSize,
    int layers,
    int heads,
    int kvHeads,
    int headDim,
    int intermediateSize,
    int vocabSize,
    double rmsNormEps,
    double ropeTheta,
    List<Integer> mropeSection,
    int maxPositions,
    boolean tiedEmbeddings) {

  public TextConfig {
    mropeSection = List.copyOf(mropeSection);
  }
}
