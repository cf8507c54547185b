package io.chronoscope.qwen.weights;

import java.nio.ByteBuffer;
import java.util.Optional;

/// A matrix `[outputs, inputs]` in four bits, in blocks of consecutive inputs. Methods that write
/// an output's bytes may be called from several threads.
sealed interface Int4Blocks permits PackedBlocks, RoundedBlocks {

  int outputs();

  /// Blocks of each output.
  int blocks();

  /// Inputs of a block, a power of two.
  int blockSize();

  /// For each input of the blocks, the index of the layer's input; empty where they are the same.
  Optional<int[]> order();

  /// Whether any zero point is not 8.
  boolean hasZeroPoints();

  /// Puts the levels of one output, two a byte, the even input in the low bits.
  void values(int output, ByteBuffer bytes);

  /// Puts the scales of one output's blocks.
  void scales(int output, ByteBuffer bytes);

  /// Puts the zero points of one output's blocks, two a byte, the even block in the low bits.
  void zeroPoints(int output, ByteBuffer bytes);
}
