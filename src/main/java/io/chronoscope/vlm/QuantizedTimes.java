package io.chronoscope.vlm;

import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/// Turns the times of an answer into times of the video. A prompt gives the start of each frame
/// pair as a temporal position, rounded down to whole ones, and not when the second frame follows.
/// Where frames are evenly spaced, answers are about the true times. Where they are not, answers
/// are about what the model has to assume: each second frame in the middle between two pairs, and
/// each pair at its position, or, where uneven positions show that they were rounded, half a
/// position later.
public final class QuantizedTimes {

  private static final double MICROS = 1e6;

  /// Gaps differ when one is wider than the narrowest by more than this share.
  private static final double EVEN = 0.1;

  private static final QuantizedTimes EXACT = new QuantizedTimes(new double[0], new double[0]);

  /// Of each frame, and the end of the video.
  private final double[] assumed;

  private final double[] actual;

  private QuantizedTimes(double[] assumed, double[] actual) {
    this.assumed = assumed;
    this.actual = actual;
  }

  /// @param frameMicros times of the frames from the first one on, ascending; at least one
  /// @param shownMicros end of the time that the last frame represents
  /// @param positionsPerSecond empty if the prompt gives the times themselves
  public static QuantizedTimes of(
      List<Long> frameMicros, long shownMicros, OptionalDouble positionsPerSecond) {
    if (positionsPerSecond.isEmpty() || isEven(frameMicros)) {
      return EXACT;
    }
    int frames = frameMicros.size();
    double perSecond = positionsPerSecond.getAsDouble();
    List<Long> positions =
        IntStream.range(0, (frames + 1) / 2)
            .mapToObj(pair -> (long) Math.floor(frameMicros.get(2 * pair) / MICROS * perSecond))
            .toList();
    double rounded = isEven(positions) ? 0 : 0.5;
    double[] assumed = new double[frames + 1];
    for (int pair = 1; pair < positions.size(); pair++) {
      assumed[2 * pair] = (positions.get(pair) + rounded) / perSecond * MICROS;
    }
    assumed[frames] = shownMicros;
    for (int second = 1; second < frames; second += 2) {
      assumed[second] = (assumed[second - 1] + assumed[second + 1]) / 2;
    }
    double[] actual = new double[frames + 1];
    for (int i = 0; i < frames; i++) {
      actual[i] = frameMicros.get(i);
    }
    actual[frames] = shownMicros;
    return new QuantizedTimes(assumed, actual);
  }

  private static boolean isEven(List<Long> times) {
    long narrowest = Long.MAX_VALUE;
    long widest = 0;
    for (int i = 1; i < times.size(); i++) {
      long gap = times.get(i) - times.get(i - 1);
      narrowest = Math.min(narrowest, gap);
      widest = Math.max(widest, gap);
    }
    return widest <= narrowest * (1 + EVEN);
  }

  /// The time in the video, in microseconds from the first frame, that an answer's time is about:
  /// between two frames, in the proportion in which it divides the assumed times.
  public long actual(long answerMicros) {
    for (int i = 1; i < assumed.length; i++) {
      if (answerMicros <= assumed[i] && assumed[i] > assumed[i - 1]) {
        double share = Math.max(0, (answerMicros - assumed[i - 1]) / (assumed[i] - assumed[i - 1]));
        return Math.round(actual[i - 1] + share * (actual[i] - actual[i - 1]));
      }
    }
    return answerMicros;
  }
}
