package io.chronoscope.vlm;

import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Picture;

/// Two consecutive frames of the same size, the unit that the encoder encodes (the temporal patch).
/// The last frame of an odd count, and a still image, are paired with themselves. The pair does not
/// own the pictures; they must stay open until it is encoded.
public record FramePair(Picture first, Picture second) {

  public FramePair {
    if (!first.size().equals(second.size())) {
      throw new IllegalArgumentException(
          "the frames of a pair differ in size: %s and %s".formatted(first.size(), second.size()));
    }
  }

  /// Of each of the two frames.
  public FrameSize size() {
    return first.size();
  }
}
