package io.chronoscope.sampling;

import io.chronoscope.domain.Picture;

/// Scales a decoded picture to the size at which the model encodes it.
@FunctionalInterface
public interface FrameResizer {

  /// @return a scaled copy that the caller closes, or `picture` itself when it already has the
  ///   size; `picture` stays open
  Picture resize(Picture picture);
}
