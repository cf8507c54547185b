package io.chronoscope.sampling;

import java.util.List;

/// The times of sampled frames.
///
/// @param micros absolute, ascending; at least one
/// @param shownSince when each frame began to be displayed: the same for samples of one frame
public record FrameTimes(List<Long> micros, List<Long> shownSince) {

  public FrameTimes {
    micros = List.copyOf(micros);
    shownSince = List.copyOf(shownSince);
    if (shownSince.size() != micros.size()) {
      throw new IllegalArgumentException(
          "%d frames with %d times of display".formatted(micros.size(), shownSince.size()));
    }
    if (micros.isEmpty()) {
      throw new IllegalArgumentException("no frames");
    }
    for (int i = 1; i < micros.size(); i++) {
      if (micros.get(i) <= micros.get(i - 1)) {
        throw new IllegalArgumentException(
            "frame %d at %d µs is not later than the one before it at %d µs"
                .formatted(i, micros.get(i), micros.get(i - 1)));
      }
    }
  }

  /// The times of frames of which no two are the same.
  public FrameTimes(List<Long> micros) {
    this(micros, micros);
  }

  /// Some consecutive frames.
  public FrameTimes between(int first, int end) {
    return new FrameTimes(micros.subList(first, end), shownSince.subList(first, end));
  }

  /// Uncertainty of a boundary reported at `timeMicros` (absolute), because the model saw nothing
  /// between frames: the distance between the two frames around it; at a frame's own time, the
  /// larger distance to its neighbors; outside the frames, the distance to the nearest one or the
  /// interval next to it, whichever is larger. Where one frame was sampled several times, because
  /// the video has fewer frames, it is the interval of the frames.
  public long toleranceMicrosAt(long timeMicros) {
    return Math.max(samplingToleranceAt(timeMicros), repeatedFor(timeMicros));
  }

  /// How long the repeated frame at a time, or the one before it, was displayed; 0 when there is
  /// none.
  private long repeatedFor(long timeMicros) {
    int at = micros.size() - 1;
    while (at > 0 && micros.get(at) > timeMicros) {
      at--;
    }
    int first = firstSampleOf(at);
    long longest = displayedFor(first);
    return first > 0 ? Math.max(longest, displayedFor(firstSampleOf(first - 1))) : longest;
  }

  private int firstSampleOf(int sample) {
    int first = sample;
    while (first > 0 && shownSince.get(first - 1).equals(shownSince.get(sample))) {
      first--;
    }
    return first;
  }

  private long displayedFor(int firstSample) {
    int end = firstSample + 1;
    while (end < micros.size() && shownSince.get(end).equals(shownSince.get(firstSample))) {
      end++;
    }
    boolean repeated = end - firstSample > 1;
    return repeated && end < micros.size() ? shownSince.get(end) - shownSince.get(firstSample) : 0;
  }

  private long samplingToleranceAt(long timeMicros) {
    int after = 0;
    while (after < micros.size() && micros.get(after) <= timeMicros) {
      after++;
    }
    int last = micros.size() - 1;
    if (after == 0) {
      return Math.max(micros.getFirst() - timeMicros, gapAfter(0));
    }
    long at = micros.get(after - 1);
    if (after - 1 == last) {
      return Math.max(timeMicros - at, gapAfter(last - 1));
    }
    return at == timeMicros
        ? Math.max(gapAfter(after - 2), gapAfter(after - 1))
        : gapAfter(after - 1);
  }

  private long gapAfter(int i) {
    return i < 0 || i + 1 >= micros.size() ? 0 : micros.get(i + 1) - micros.get(i);
  }
}
