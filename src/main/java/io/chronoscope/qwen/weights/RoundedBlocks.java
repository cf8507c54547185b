package io.chronoscope.qwen.weights;

import java.nio.ByteBuffer;
import java.util.Optional;

/// A matrix rounded to sixteen levels, symmetrically, with the scale of each block that leaves the
/// smallest error (sum of squares) among a few candidates.
final class RoundedBlocks implements Int4Blocks {

  private static final int BLOCK = 32;
  private static final int ZERO_POINT = 8;

  /// Candidates: from the scale that reaches the block's largest magnitude exactly down to one that
  /// cuts it off by 20 %, which leaves finer levels to the others.
  private static final float[] SHRINKING = {1f, 0.95f, 0.9f, 0.85f, 0.8f};

  private final MatrixSource matrix;

  RoundedBlocks(MatrixSource matrix) {
    this.matrix = matrix;
  }

  /// Whether a matrix of this many inputs consists of whole blocks.
  static boolean fits(int inputs) {
    return inputs % BLOCK == 0;
  }

  @Override
  public int outputs() {
    return matrix.rows();
  }

  @Override
  public int blocks() {
    return matrix.columns() / BLOCK;
  }

  @Override
  public int blockSize() {
    return BLOCK;
  }

  @Override
  public Optional<int[]> order() {
    return Optional.empty();
  }

  @Override
  public boolean hasZeroPoints() {
    return false;
  }

  @Override
  public void values(int output, ByteBuffer bytes) {
    float[] numbers = new float[BLOCK];
    for (int block = 0; block < blocks(); block++) {
      matrix.copy(output, block * BLOCK, BLOCK, numbers);
      float scale = scale(numbers);
      for (int i = 0; i < BLOCK; i += 2) {
        bytes.put((byte) (level(numbers[i], scale) | level(numbers[i + 1], scale) << 4));
      }
    }
  }

  @Override
  public void scales(int output, ByteBuffer bytes) {
    float[] numbers = new float[BLOCK];
    for (int block = 0; block < blocks(); block++) {
      matrix.copy(output, block * BLOCK, BLOCK, numbers);
      bytes.putFloat(scale(numbers));
    }
  }

  @Override
  public void zeroPoints(int output, ByteBuffer bytes) {
    throw new IllegalStateException("all zero points are " + ZERO_POINT);
  }

  private static int level(float number, float scale) {
    return Math.clamp(Math.round(number / scale) + ZERO_POINT, 0, 15);
  }

  private static float scale(float[] numbers) {
    float extreme = 0;
    for (float number : numbers) {
      if (Math.abs(number) > Math.abs(extreme)) {
        extreme = number;
      }
    }
    if (extreme == 0) {
      return 1;
    }
    // There is one level more below zero than above: the extreme gets it.
    float whole = -extreme / ZERO_POINT;
    float best = whole;
    float leastError = Float.POSITIVE_INFINITY;
    for (float shrinking : SHRINKING) {
      float scale = whole * shrinking;
      float error = 0;
      for (float number : numbers) {
        float difference = number - (level(number, scale) - ZERO_POINT) * scale;
        error += difference * difference;
      }
      if (error < leastError) {
        leastError = error;
        best = scale;
      }
    }
    return best;
  }
}
