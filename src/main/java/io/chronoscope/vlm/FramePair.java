package io.chronoscope.vlm;

import io.chronoscope.domain.Picture;

/// Two successive frames of the same size, the unit the encoder takes (the temporal patch). The
/// last frame of an odd count, and a still image, stand twice. The pair does not own the pictures;
/// they must stay open until it is encoded.
public record FramePair(Picture first, Picture second) {

  public FramePair {
    if (first.widthPx() != second.widthPx() || first.heightPx() != second.heightPx()) {
      throw new IllegalArgumentException(
          "frames of a pair differ in size: %dx%d and %dx%d"
              .formatted(first.widthPx(), first.heightPx(), second.widthPx(), second.heightPx()));
    }
  }
}
