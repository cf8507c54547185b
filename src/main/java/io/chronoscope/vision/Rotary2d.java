package io.chronoscope.vision;

/// The encoder's rotary embedding: each patch turns by its row and its column in the frame.
public final class Rotary2d {

  private Rotary2d() {}

  /// Tables `[patches, headDim]` of one frame pair in window order: row `place * mergeSize² + patch
  /// in token` belongs to the merged token at that place.
  public static RotaryTables windowOrdered(
      TokenGrid grid, WindowOrder order, int mergeSize, int headDim) {
    throw new UnsupportedOperationException();
  }

  /// The same in the order of [PatchLayout]: tokens row-major, patches of a token row-major.
  public static RotaryTables rowOrdered(TokenGrid grid, int mergeSize, int headDim) {
    throw new UnsupportedOperationException();
  }
}
