package io.chronoscope.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// A linear layer's matrix as quantized checkpoints publish it: eight 4-bit levels in each 32-bit
/// word, a zero point and a scale for each group of inputs and each output. A number is `(level -
/// zero) · scale`. In memory-mapped files; valid until its [Checkpoint] is closed. Thread-safe.
///
/// Layouts as written by AutoAWQ (`gemm`) and by AutoGPTQ and GPTQModel.
public final class PackedMatrix {

  private static final ValueLayout.OfInt WORD =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int PER_WORD = 8;

  /// How words are laid out.
  public enum Layout {
    /// Words along the outputs, in an order made for a GPU's instructions.
    AWQ,
    /// Levels in words along the inputs, zero points along the outputs and stored one too low.
    GPTQ,
    /// As [#GPTQ], with zero points as they are.
    GPTQ_V2
  }

  /// The tensors of a matrix.
  ///
  /// @param levels INT32: AWQ `[in, out / 8]`, GPTQ `[in / 8, out]`
  /// @param zeroPoints INT32 `[groups, out / 8]`
  /// @param scales `[groups, out]`
  record Parts(MemorySegment levels, MemorySegment zeroPoints, Tensor scales) {}

  /// Position of an output's bits in a word of AWQ.
  private static final int[] AWQ_SHIFTS = {0, 16, 4, 20, 8, 24, 12, 28};

  private final String name;
  private final Layout layout;
  private final int outputs;
  private final int[] groupOfInput;
  private final int groupSize;
  private final Parts parts;

  /// @param groupOfInput group of each input; each group has `groupSize` of them
  PackedMatrix(
      String name, Layout layout, int outputs, int[] groupOfInput, int groupSize, Parts parts) {
    this.name = name;
    this.layout = layout;
    this.outputs = outputs;
    this.groupOfInput = groupOfInput;
    this.groupSize = groupSize;
    this.parts = parts;
  }

  /// The published name of the matrix, as if it were not quantized.
  public String name() {
    return name;
  }

  public int inputs() {
    return groupOfInput.length;
  }

  public int outputs() {
    return outputs;
  }

  public int groups() {
    return groupOfInput.length / groupSize;
  }

  public int groupSize() {
    return groupSize;
  }

  /// The group of an input, from 0 on.
  public int group(int input) {
    return groupOfInput[input];
  }

  /// 0 to 15.
  public int level(int input, int output) {
    return switch (layout) {
      case AWQ -> awqBits(parts.levels(), input, output);
      case GPTQ, GPTQ_V2 -> {
        long word = (long) (input / PER_WORD) * outputs + output;
        yield bits(parts.levels().getAtIndex(WORD, word), 4 * (input % PER_WORD));
      }
    };
  }

  /// The level that stands for zero, 0 to 15.
  public int zero(int group, int output) {
    return switch (layout) {
      case AWQ -> awqBits(parts.zeroPoints(), group, output);
      case GPTQ -> gptqZero(group, output) + 1 & 15;
      case GPTQ_V2 -> gptqZero(group, output);
    };
  }

  public float scale(int group, int output) {
    return parts.scales().number((long) group * outputs + output);
  }

  /// The number that a level stands for.
  public float number(int input, int output) {
    int group = groupOfInput[input];
    return (level(input, output) - zero(group, output)) * scale(group, output);
  }

  private int gptqZero(int group, int output) {
    return bits(word(parts.zeroPoints(), group, output), 4 * (output % PER_WORD));
  }

  private int awqBits(MemorySegment words, int row, int output) {
    return bits(word(words, row, output), AWQ_SHIFTS[output % PER_WORD]);
  }

  /// The word of an output in a row of words along the outputs.
  private int word(MemorySegment words, int row, int output) {
    return words.getAtIndex(WORD, (long) row * (outputs / PER_WORD) + output / PER_WORD);
  }

  private static int bits(int word, int shift) {
    return word >>> shift & 15;
  }

  @Override
  public String toString() {
    return "%s %s [%d, %d]".formatted(name, layout, outputs, inputs());
  }
}
