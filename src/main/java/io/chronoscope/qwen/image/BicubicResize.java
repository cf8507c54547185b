package io.chronoscope.qwen.image;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Picture;
import java.lang.foreign.MemorySegment;

/// Antialiased bicubic scaling, equal to PyTorch's `interpolate(mode="bicubic", antialias=True,
/// align_corners=False)` on float32: rows are scaled to the new width first, then columns to the
/// new height, and the result is clamped to 0 … 255 and rounded half to even.
///
/// A source row is scaled once and buffered only while an output row needs it, so a call buffers
/// about twenty rows, whatever the picture's size.
public final class BicubicResize {

  private static final int CHANNELS = 3;

  private BicubicResize() {}

  /// Scales a picture, or copies it when it already has the size.
  ///
  /// @return a new picture that the caller closes
  public static Picture resize(Picture source, FrameSize size) {
    Picture target = Picture.allocate(size.widthPx(), size.heightPx());
    try {
      if (source.widthPx() == size.widthPx() && source.heightPx() == size.heightPx()) {
        target.rgb().copyFrom(source.rgb());
      } else {
        byte[] bytes = new byte[size.widthPx() * CHANNELS];
        scale(
            source,
            size,
            (y, row) -> {
              for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (int) Math.rint(Math.clamp(row[i], 0f, 255f));
              }
              MemorySegment.copy(
                  bytes, 0, target.rgb(), JAVA_BYTE, (long) y * bytes.length, bytes.length);
            });
      }
    } catch (RuntimeException | Error e) {
      target.close();
      throw e;
    }
    return target;
  }

  /// Receives output rows from top to bottom.
  @FunctionalInterface
  interface RowSink {

    /// @param row `[widthPx, 3]`, neither clamped nor rounded; reused after the call
    void row(int y, float[] row);
  }

  static void scale(Picture source, FrameSize size, RowSink sink) {
    Taps horizontal = Taps.of(source.widthPx(), size.widthPx());
    Taps vertical = Taps.of(source.heightPx(), size.heightPx());
    int stride = source.widthPx() * CHANNELS;
    byte[] bytes = new byte[stride];
    float[] wide = new float[stride];
    // Ring buffer of source rows scaled to the new width.
    float[][] narrow = new float[vertical.maxCount()][size.widthPx() * CHANNELS];
    float[] out = new float[size.widthPx() * CHANNELS];
    int read = 0;
    for (int y = 0; y < size.heightPx(); y++) {
      int first = vertical.first(y);
      int end = first + vertical.count(y);
      for (read = Math.max(read, first); read < end; read++) {
        MemorySegment.copy(source.rgb(), JAVA_BYTE, (long) read * stride, bytes, 0, stride);
        for (int i = 0; i < stride; i++) {
          wide[i] = bytes[i] & 0xff;
        }
        scaleRow(wide, horizontal, narrow[read % narrow.length]);
      }
      scaleColumns(narrow, vertical, y, out);
      sink.row(y, out);
    }
  }

  private static void scaleRow(float[] wide, Taps taps, float[] narrow) {
    float[] weights = taps.weights();
    for (int x = 0; x < taps.outputs(); x++) {
      int weight = taps.firstWeight(x);
      int end = weight + taps.count(x);
      int at = taps.first(x) * CHANNELS;
      float red = 0;
      float green = 0;
      float blue = 0;
      for (; weight < end; weight++, at += CHANNELS) {
        float w = weights[weight];
        red += wide[at] * w;
        green += wide[at + 1] * w;
        blue += wide[at + 2] * w;
      }
      narrow[x * CHANNELS] = red;
      narrow[x * CHANNELS + 1] = green;
      narrow[x * CHANNELS + 2] = blue;
    }
  }

  private static void scaleColumns(float[][] narrow, Taps taps, int y, float[] out) {
    float[] weights = taps.weights();
    int first = taps.first(y);
    for (int tap = 0; tap < taps.count(y); tap++) {
      float w = weights[taps.firstWeight(y) + tap];
      float[] row = narrow[(first + tap) % narrow.length];
      if (tap == 0) {
        for (int i = 0; i < out.length; i++) {
          out[i] = row[i] * w;
        }
      } else {
        for (int i = 0; i < out.length; i++) {
          out[i] += row[i] * w;
        }
      }
    }
  }
}
