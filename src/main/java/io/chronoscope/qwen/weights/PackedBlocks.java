package io.chronoscope.qwen.weights;

import io.chronoscope.checkpoint.PackedMatrix;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;

/// The levels, scales and zero points of a matrix as published, unchanged. Inputs are sorted by
/// group where the checkpoint has them in another order (GPTQ with activation order).
final class PackedBlocks implements Int4Blocks {

  /// A group may be split into blocks exactly; kernels are written for blocks up to this size.
  private static final int MAX_BLOCK = 128;

  private static final int SYMMETRIC_ZERO_POINT = 8;

  private final PackedMatrix matrix;
  private final int blockSize;
  private final Optional<int[]> order;
  private final boolean hasZeroPoints;

  PackedBlocks(PackedMatrix matrix) {
    this.matrix = matrix;
    this.blockSize = Math.min(MAX_BLOCK, Integer.lowestOneBit(matrix.groupSize()));
    this.order = order(matrix);
    this.hasZeroPoints =
        IntStream.range(0, matrix.groups())
            .anyMatch(group ->
                IntStream.range(0, matrix.outputs())
                    .anyMatch(output -> matrix.zero(group, output) != SYMMETRIC_ZERO_POINT));
  }

  private static Optional<int[]> order(PackedMatrix matrix) {
    int[] sorted =
        IntStream.range(0, matrix.inputs())
            .boxed()
            .sorted(Comparator.comparingInt(matrix::group))
            .mapToInt(Integer::intValue)
            .toArray();
    boolean same = Arrays.equals(sorted, IntStream.range(0, sorted.length).toArray());
    return same ? Optional.empty() : Optional.of(sorted);
  }

  @Override
  public int outputs() {
    return matrix.outputs();
  }

  @Override
  public int blocks() {
    return matrix.inputs() / blockSize;
  }

  @Override
  public int blockSize() {
    return blockSize;
  }

  @Override
  public Optional<int[]> order() {
    return order;
  }

  @Override
  public boolean hasZeroPoints() {
    return hasZeroPoints;
  }

  private int input(int sorted) {
    return order.isPresent() ? order.get()[sorted] : sorted;
  }

  /// After sorting, a group is `groupSize` consecutive inputs.
  private int group(int block) {
    return block * blockSize / matrix.groupSize();
  }

  @Override
  public void values(int output, ByteBuffer bytes) {
    for (int i = 0; i < matrix.inputs(); i += 2) {
      int even = matrix.level(input(i), output);
      int odd = matrix.level(input(i + 1), output);
      bytes.put((byte) (even | odd << 4));
    }
  }

  @Override
  public void scales(int output, ByteBuffer bytes) {
    for (int block = 0; block < blocks(); block++) {
      bytes.putFloat(matrix.scale(group(block), output));
    }
  }

  @Override
  public void zeroPoints(int output, ByteBuffer bytes) {
    for (int block = 0; block < blocks(); block += 2) {
      int even = matrix.zero(group(block), output);
      int odd = block + 1 < blocks() ? matrix.zero(group(block + 1), output) : 0;
      bytes.put((byte) (even | odd << 4));
    }
  }
}
