package io.chronoscope.vision;

import io.chronoscope.model.FrameSize;
import io.chronoscope.model.Picture;

/// Antialiased bicubic scaling.
public final class BicubicResize {

  private BicubicResize() {}

  /// A new picture of the given size, which the caller closes; a copy when the size is the same.
  public static Picture resize(Picture source, FrameSize size) {
    throw new UnsupportedOperationException();
  }
}
