package io.chronoscope.vlm;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/// Turns the times of an answer into times of the video. A model is told when each frame pair
/// begins in whole steps, rounded down, and nothing of when the second frame follows. Where frames
/// are evenly spaced, answers are about the true times. Where they are not, answers are about what
/// the model has to assume: each second frame in the middle between two pairs, and each pair where
/// it was told, or, where pairs that are told at uneven steps show that they were rounded, half a
/// step later.
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
    for (double begins : assumed(frameMicros, steps.getAsDouble())) {
      if (!told.isEmpty()) {
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

  /// When the model assumes that each pair begins, in microseconds.
  private static List<Double> assumed(List<Long> frameMicros, double steps) {
    List<Long> told = new ArrayList<>();
    for (int i = 0; i < frameMicros.size(); i += 2) {
      told.add((long) Math.floor(frameMicros.get(i) / MICROS * steps));
    }
    double rounded = isEven(told) ? 0 : 0.5;
    List<Double> begins = new ArrayList<>(List.of(0.0));
    told.stream().skip(1).forEach(step -> begins.add((step + rounded) / steps * MICROS));
    return begins;
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
