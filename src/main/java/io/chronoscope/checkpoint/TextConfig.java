package io.chronoscope.checkpoint;

import java.util.List;

/// The decoder's dimensions.
///
/// @param hiddenSize width of a token
/// @param layers decoder layers
/// @param heads query heads
/// @param kvHeads key and value heads; divides `heads`
/// @param headDim `hiddenSize / heads`
/// @param intermediateSize inner width of the MLP
/// @param vocabSize rows of the embedding
/// @param rmsNormEps epsilon of every RMS norm
/// @param ropeTheta base of the rotary frequencies
/// @param mropeSection numbers of frequencies that rotate with time, height and width; they add up
///   to `headDim / 2`
/// @param maxPositions `max_position_embeddings`: upper bound on token positions
/// @param tiedEmbeddings whether the output projection shares the embedding's weights
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
