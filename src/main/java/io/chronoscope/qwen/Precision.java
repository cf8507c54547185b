package io.chronoscope.qwen;

import io.chronoscope.ort.ElementType;
import java.util.Locale;

/// The number format that the model computes in. FP16 is not supported: the encoder of the
/// published 3B checkpoint overflows its range in the last block, and answers become noise.
public enum Precision {
  FP32(ElementType.FLOAT32),
  BF16(ElementType.BFLOAT16),
  /// Matrices of 8-bit integers and activations of 8 to 15 bits in the linear layers, FP32 in
  /// between.
  INT8(ElementType.FLOAT32),
  /// The decoder's layers in four bits: for single tokens, and for prompts where the checkpoint is
  /// published in four bits. Otherwise as [#INT8].
  INT4(ElementType.FLOAT32);

  private final ElementType elements;

  Precision(ElementType elements) {
    this.elements = elements;
  }

  ElementType elements() {
    return elements;
  }

  /// @param name `fp32`, `bf16`, `int8` or `int4`
  /// @throws IllegalArgumentException for anything else, with the reason for `fp16`
  public static Precision parse(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "fp32", "float32" -> FP32;
      case "bf16", "bfloat16" -> BF16;
      case "int8" -> INT8;
      case "int4" -> INT4;
      case "fp16", "float16" ->
          throw new IllegalArgumentException(
              "precision fp16: the vision encoder overflows in it; use bf16 or fp32");
      default ->
          throw new IllegalArgumentException(
              "precision " + name + ": known are fp32, bf16, int8, int4 and auto");
    };
  }
}
