package io.chronoscope.vlm;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/// Turns the times of an answer into times of the video. A model is told when each frame pair
/// begins in whole steps, rounded down, and nothing of when the second frame follows. Where frames
/// are evenly spaced, answers are about the true times. Where they are not, answers are about the
/// times that the model was told, with each second frame in the middle between two pairs.
public final class ToldTimes {

  private static final double MICROS = 1e6;

  /// Gaps differ when one is wider than the narrowest by more than this share.
  private static final double EVEN = 0.1;

  private final double[] told;
  private final double[] real;

  private ToldTimes(double[] told, double[] real) {
    this.told = told;
    this.real = real;
  }

  /// @param frameMicros times of the frames from the first one on, ascending; at least one
  /// @param shownMicros end of the time that the last frame represents
  /// @param steps in a second in which pairs are told; empty if they are told exactly
  public static ToldTimes of(List<Long> frameMicros, long shownMicros, OptionalDouble steps) {
    if (steps.isEmpty() || isEven(frameMicros)) {
      return new ToldTimes(new double[0], new double[0]);
    }
    int frames = frameMicros.size();
    List<Double> told = new ArrayList<>();
    for (int i = 0; i < frames; i += 2) {
      double begins =
          Math.floor(frameMicros.get(i) / MICROS * steps.getAsDouble())
              / steps.getAsDouble()
              * MICROS;
      if (i > 0) {
        told.add((told.getLast() + begins) / 2);
      }
      told.add(begins);
    }
    if (frames % 2 == 0) {
      told.add((told.getLast() + shownMicros) / 2);
    }
    told.add((double) shownMicros);
    double[] real = new double[frames + 1];
    for (int i = 0; i < frames; i++) {
      real[i] = frameMicros.get(i);
    }
    real[frames] = shownMicros;
    return new ToldTimes(told.stream().mapToDouble(Double::doubleValue).toArray(), real);
  }

  private static boolean isEven(List<Long> frameMicros) {
    long narrowest = Long.MAX_VALUE;
    long widest = 0;
    for (int i = 1; i < frameMicros.size(); i++) {
      long gap = frameMicros.get(i) - frameMicros.get(i - 1);
      narrowest = Math.min(narrowest, gap);
      widest = Math.max(widest, gap);
    }
    return widest <= narrowest * (1 + EVEN);
  }

  /// The time in the video, in microseconds from the first frame, that an answer's time is about;
  /// between two frames it is divided as the answer divides what was told.
  public long real(long answerMicros) {
    for (int i = 1; i < told.length; i++) {
      if (answerMicros <= told[i] && told[i] > told[i - 1]) {
        double share = Math.max(0, (answerMicros - told[i - 1]) / (told[i] - told[i - 1]));
        return Math.round(real[i - 1] + share * (real[i] - real[i - 1]));
      }
    }
    return answerMicros;
  }
}
