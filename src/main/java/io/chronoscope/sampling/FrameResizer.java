package io.chronoscope.sampling;

import io.chronoscope.domain.Picture;

/// Brings a decoded picture to the size at which the model takes it.
@FunctionalInterface
public interface FrameResizer {

  /// A resized copy that the caller owns, or `picture` itself when its size is right already. The
  /// resizer never closes `picture`: the caller does, once it has the copy.
  Picture resize(Picture picture);
}
