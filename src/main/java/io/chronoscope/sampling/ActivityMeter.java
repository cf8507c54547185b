package io.chronoscope.sampling;

import io.chronoscope.domain.Picture;
import io.chronoscope.domain.SampledFrame;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Measures how much a picture changed from the previous one: the mean absolute change of
/// brightness over a 32 x 32 thumbnail, 0 (still) to 1 (black to white everywhere).
///
/// Area averaging removes most of the camera's noise. The rest is estimated from the median change
/// of all cells, because noise is everywhere and motion usually is not, and subtracted from each
/// cell. The estimate is capped at 1 % of the range: when more than half of the picture changes by
/// more, it is motion, not noise. Not thread-safe.
public final class ActivityMeter {

  private static final int SIDE = 32;
  private static final double NOISE_CAP = 0.01;
  // Median of |x| to standard deviation of a normal distribution, times 2.5 deviations.
  private static final double NOISE_FROM_MEDIAN = 2.5 * 1.4826;

  private double @Nullable [] previous;

  /// The change of each frame from the one before it in the list; 0 for the first.
  public static List<Double> changes(List<SampledFrame> frames) {
    ActivityMeter meter = new ActivityMeter();
    List<Double> changes = new ArrayList<>();
    for (int i = 0; i < frames.size(); i++) {
      Picture picture = frames.get(i).picture();
      boolean repeated = i > 0 && picture.sharesPixelsWith(frames.get(i - 1).picture());
      changes.add(repeated ? 0.0 : meter.changeTo(picture));
    }
    return changes;
  }

  /// The change from the previous picture to this one; 0 for the first.
  public double changeTo(Picture picture) {
    double[] current = thumbnail(picture);
    double[] before = previous;
    previous = current;
    if (before == null) {
      return 0;
    }
    double[] changes = new double[current.length];
    for (int i = 0; i < changes.length; i++) {
      changes[i] = Math.abs(current[i] - before[i]);
    }
    Arrays.sort(changes);
    double noise = Math.min(NOISE_CAP, NOISE_FROM_MEDIAN * changes[changes.length / 2]);
    double sum = 0;
    for (double change : changes) {
      sum += Math.max(0, change - noise);
    }
    return sum / changes.length;
  }

  /// Brightness 0..1, `[32, 32]`; cells of a smaller picture repeat pixels.
  private static double[] thumbnail(Picture picture) {
    int width = picture.widthPx();
    int height = picture.heightPx();
    double[] cells = new double[SIDE * SIDE];
    byte[] row = new byte[3 * width];
    long[] sums = new long[SIDE];
    MemorySegment rgb = picture.rgb();
    for (int cy = 0; cy < SIDE; cy++) {
      int top = (int) ((long) cy * height / SIDE);
      int bottom = Math.max(top + 1, (int) ((cy + 1L) * height / SIDE));
      Arrays.fill(sums, 0);
      for (int y = top; y < bottom; y++) {
        MemorySegment.copy(rgb, ValueLayout.JAVA_BYTE, 3L * width * y, row, 0, row.length);
        for (int cx = 0; cx < SIDE; cx++) {
          sums[cx] += luma(row, left(cx, width), right(cx, width));
        }
      }
      for (int cx = 0; cx < SIDE; cx++) {
        long pixels = (long) (bottom - top) * (right(cx, width) - left(cx, width));
        cells[cy * SIDE + cx] = sums[cx] / (255.0 * 1000 * pixels);
      }
    }
    return cells;
  }

  private static int left(int cell, int width) {
    return (int) ((long) cell * width / SIDE);
  }

  private static int right(int cell, int width) {
    return Math.max(left(cell, width) + 1, (int) ((cell + 1L) * width / SIDE));
  }

  /// Sum of the brightness of the pixels `from` (inclusive) to `to`, in thousandths (Rec. 601).
  private static long luma(byte[] row, int from, int to) {
    long sum = 0;
    for (int x = from; x < to; x++) {
      sum +=
          299 * (row[3 * x] & 0xff) + 587 * (row[3 * x + 1] & 0xff) + 114 * (row[3 * x + 2] & 0xff);
    }
    return sum;
  }
}
