package io.chronoscope.vision;

import io.chronoscope.checkpoint.Preprocessor;
import io.chronoscope.checkpoint.VisionConfig;
import io.chronoscope.model.Picture;
import java.util.List;

/// The definition of the encoder's input: normalised pixels, a row a patch. The graph computes the
/// same from raw frames.
public final class PatchLayout {

  private PatchLayout() {}

  /// `[pairs · H/14 · W/14, 1176]`, row-major. Rows run over (pair, token row, token column, patch
  /// row in token, patch column in token), columns over (channel, frame of pair, pixel row, pixel
  /// column). An odd last frame is repeated.
  ///
  /// @param frames all of one size, a multiple of the token side
  public static float[] pixelValues(
      List<Picture> frames, VisionConfig vision, Preprocessor preprocessor) {
    throw new UnsupportedOperationException();
  }
}
