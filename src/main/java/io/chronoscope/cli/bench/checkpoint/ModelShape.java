package io.chronoscope.cli.bench.checkpoint;

import io.chronoscope.checkpoint.TextConfig;
import io.chronoscope.checkpoint.VisionConfig;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Dimensions of Qwen2.5-VL models that [RandomCheckpoint] writes.
public enum ModelShape {
  /// Qwen2.5-VL-3B-Instruct as published.
  QWEN_3B(
      "3b",
      new Text(2048, 36, 16, 2, 11_008, 151_936, true),
      new Vision(1280, 32, 16, 3420, Set.of(7, 15, 23, 31))),
  /// Qwen2.5-VL-7B-Instruct as published.
  QWEN_7B(
      "7b",
      new Text(3584, 28, 28, 4, 18_944, 152_064, false),
      new Vision(1280, 32, 16, 3420, Set.of(7, 15, 23, 31))),
  /// A quarter of the blocks of 3B's encoder, at their true width, before a narrower decoder.
  MINI(
      "mini",
      new Text(1024, 8, 8, 2, 4096, 32_000, true),
      new Vision(1280, 8, 16, 3420, Set.of(3, 7))),
  /// The widths of 3B with two layers each and a small vocabulary: what one layer costs, without
  /// the memory of the whole model.
  SLICE(
      "slice",
      new Text(2048, 2, 16, 2, 11_008, 8192, true),
      new Vision(1280, 2, 16, 3420, Set.of(1))),
  /// A few megabytes, for tests.
  TINY("tiny", new Text(256, 2, 2, 1, 512, 2048, true), new Vision(160, 4, 2, 420, Set.of(3)));

  private final String label;
  private final Text text;
  private final Vision vision;

  ModelShape(String label, Text text, Vision vision) {
    this.label = label;
    this.text = text;
    this.vision = vision;
  }

  private record Text(
      int hiddenSize,
      int layers,
      int heads,
      int kvHeads,
      int intermediateSize,
      int vocabSize,
      boolean tiedEmbeddings) {}

  private record Vision(
      int hiddenSize,
      int depth,
      int heads,
      int intermediateSize,
      Set<Integer> fullAttentionBlocks) {}

  /// The name on the command line, such as `3b`.
  public String label() {
    return label;
  }

  /// @throws IllegalArgumentException for any other name, with those that exist
  public static ModelShape parse(String label) {
    for (ModelShape shape : values()) {
      if (shape.label.equals(label.toLowerCase(Locale.ROOT))) {
        return shape;
      }
    }
    throw new IllegalArgumentException(
        "shape "
            + label
            + ": known are "
            + String.join(", ", List.of(values()).stream().map(ModelShape::label).toList()));
  }

  /// The decoder's dimensions.
  public TextConfig text() {
    return new TextConfig(
        text.hiddenSize(),
        text.layers(),
        text.heads(),
        text.kvHeads(),
        text.hiddenSize() / text.heads(),
        text.intermediateSize(),
        text.vocabSize(),
        1e-6,
        1e6,
        List.of(16, 24, 24),
        128_000,
        text.tiedEmbeddings());
  }

  /// The encoder's dimensions.
  public VisionConfig vision() {
    return new VisionConfig(
        vision.hiddenSize(),
        vision.depth(),
        vision.heads(),
        vision.intermediateSize(),
        text.hiddenSize(),
        14,
        2,
        2,
        112,
        vision.fullAttentionBlocks(),
        2,
        3);
  }
}
