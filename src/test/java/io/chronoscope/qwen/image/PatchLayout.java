package io.chronoscope.qwen.image;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.chronoscope.checkpoint.Preprocessor;
import io.chronoscope.checkpoint.VisionConfig;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Picture;
import io.chronoscope.qwen.position.TokenGrid;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// The definition of the encoder's input: normalized pixels, one row per patch, as
/// `Qwen2VLImageProcessor` of `transformers` lays them out. A reference for the encoder's graph,
/// which computes the same from raw frames.
final class PatchLayout {

  private PatchLayout() {}

  /// `[pairs · H/14 · W/14, 1176]`, row-major. Rows run over (pair, token row, token column, patch
  /// row in token, patch column in token), columns over (channel, frame of pair, pixel row, pixel
  /// column). The last frame of an odd count is repeated. A pixel is `(x - 255·mean) / (255·std)`
  /// in float32.
  ///
  /// @param frames of one size, a multiple of the merged token's side
  static float[] pixelValues(List<Picture> frames, VisionConfig vision, Preprocessor preprocessor) {
    Picture sample = frames.getFirst();
    FrameSize size = new FrameSize(sample.widthPx(), sample.heightPx());
    TokenGrid grid = TokenGrid.of(size, vision.tokenSizePx());
    for (Picture frame : frames) {
      if (!new FrameSize(frame.widthPx(), frame.heightPx()).equals(size)) {
        throw new IllegalArgumentException("frames of different sizes");
      }
    }
    int patch = vision.patchSize();
    int merge = vision.spatialMergeSize();
    int temporal = vision.temporalPatchSize();
    int channels = vision.inChannels();
    float[] offset = times255(preprocessor.mean().toArray());
    float[] scale = times255(preprocessor.std().toArray());
    int pairs = (frames.size() + temporal - 1) / temporal;
    float[] values =
        new float[Math.multiplyExact(pairs * grid.tokens() * merge * merge, vision.patchValues())];
    int at = 0;
    for (int pair = 0; pair < pairs; pair++) {
      for (int token = 0; token < grid.tokens(); token++) {
        for (int inToken = 0; inToken < merge * merge; inToken++) {
          int top = (token / grid.columns() * merge + inToken / merge) * patch;
          int left = (token % grid.columns() * merge + inToken % merge) * patch;
          for (int channel = 0; channel < channels; channel++) {
            for (int t = 0; t < temporal; t++) {
              int frame = Math.min(pair * temporal + t, frames.size() - 1);
              MemorySegment rgb = frames.get(frame).rgb();
              for (int y = 0; y < patch; y++) {
                long row = (long) (top + y) * size.widthPx() + left;
                for (int x = 0; x < patch; x++) {
                  int value = Byte.toUnsignedInt(rgb.get(JAVA_BYTE, (row + x) * 3 + channel));
                  values[at++] = (value - offset[channel]) / scale[channel];
                }
              }
            }
          }
        }
      }
    }
    return values;
  }

  private static float[] times255(float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] *= 255;
    }
    return values;
  }
}
