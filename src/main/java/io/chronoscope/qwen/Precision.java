package io.chronoscope.qwen;

import io.chronoscope.ort.ElementType;
import java.util.Locale;

/// The number format that the model computes in. FP16 is not supported: the encoder of the
/// published 3B checkpoint overflows its range in the last block, and answers become noise.
public enum Precision {
  FP32(ElementType.FLOAT32),
  BF16(ElementType.BFLOAT16);

  private final ElementType elements;

  Precision(ElementType elements) {
    this.elements = elements;
  }

  ElementType elements() {
    return elements;
  }

  /// @param name `fp32` or `bf16`
  /// @throws IllegalArgumentException for anything else, with the reason for `fp16`
  public static Precision parse(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "fp32", "float32" -> FP32;
      case "bf16", "bfloat16" -> BF16;
      case "fp16", "float16" ->
          throw new IllegalArgumentException(
              "precision fp16: the vision encoder overflows in it; use bf16 or fp32");
      default ->
          throw new IllegalArgumentException("precision " + name + ": known are fp32 and bf16");
    };
  }
}
