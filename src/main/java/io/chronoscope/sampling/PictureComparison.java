package io.chronoscope.sampling;

import io.chronoscope.domain.Picture;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Compares pictures color value by color value. A picture that differs costs next to nothing: the
/// comparison ends at the first value that does.
///
/// @param maxDifference by which two values, 0 to 255, may differ and still count as the same; 0
///   compares exactly
public record PictureComparison(int maxDifference) {

  /// Pictures are the same when their pixels are equal.
  public static final PictureComparison EXACT = new PictureComparison(0);

  private static final int ROW_BYTES = 4096;

  public PictureComparison {
    if (maxDifference < 0 || maxDifference > 255) {
      throw new IllegalArgumentException(
          "color values differ by 0 to 255, not by " + maxDifference);
    }
  }

  public boolean isExact() {
    return maxDifference == 0;
  }

  /// Whether both frames of a pair are the same as those of another pair.
  public boolean same(FramePairs.Pair one, FramePairs.Pair other) {
    return same(one.first().picture(), other.first().picture())
        && same(one.second().picture(), other.second().picture());
  }

  /// Whether two pictures have the same size and the same color values.
  public boolean same(Picture one, Picture other) {
    if (one.widthPx() != other.widthPx() || one.heightPx() != other.heightPx()) {
      return false;
    }
    if (one.sharesPixelsWith(other)) {
      return true;
    }
    return isExact()
        ? one.rgb().mismatch(other.rgb()) < 0
        : isWithinDifference(one.rgb(), other.rgb());
  }

  private boolean isWithinDifference(MemorySegment one, MemorySegment other) {
    byte[] ones = new byte[ROW_BYTES];
    byte[] others = new byte[ROW_BYTES];
    for (long at = 0; at < one.byteSize(); at += ROW_BYTES) {
      int count = (int) Math.min(ROW_BYTES, one.byteSize() - at);
      MemorySegment.copy(one, ValueLayout.JAVA_BYTE, at, ones, 0, count);
      MemorySegment.copy(other, ValueLayout.JAVA_BYTE, at, others, 0, count);
      int greatest = 0;
      for (int i = 0; i < count; i++) {
        greatest = Math.max(greatest, Math.abs((ones[i] & 0xff) - (others[i] & 0xff)));
      }
      if (greatest > maxDifference) {
        return false;
      }
    }
    return true;
  }
}
