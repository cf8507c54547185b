package io.chronoscope.sampling;

import io.chronoscope.domain.SampledFrame;
import java.util.ArrayList;
import java.util.List;

/// A window's frames as the encoder takes them: two and two in time order. Of an odd count the last
/// frame stands twice.
///
/// @param frames chosen frames, at least one, with rising grid times; owned by whoever made them
public record FramePairs(List<SampledFrame> frames) {

  /// @param seconds grid time of `first`, in seconds from the window's first frame
  public record Pair(SampledFrame first, SampledFrame second, double seconds) {}

  public FramePairs {
    frames = List.copyOf(frames);
    if (frames.isEmpty()) {
      throw new IllegalArgumentException("no frames to pair");
    }
    var unused = timesOf(frames);
  }

  public List<Pair> pairs() {
    List<Pair> pairs = new ArrayList<>();
    long start = frames.getFirst().gridMicros();
    for (int i = 0; i < frames.size(); i += 2) {
      SampledFrame first = frames.get(i);
      SampledFrame second = frames.get(Math.min(i + 1, frames.size() - 1));
      pairs.add(new Pair(first, second, (first.gridMicros() - start) / 1e6));
    }
    return List.copyOf(pairs);
  }

  /// Grid times of the frames.
  public FrameTimes times() {
    return timesOf(frames);
  }

  /// See [FrameTimes#toleranceMicrosAt].
  public long toleranceMicrosAt(long timeMicros) {
    return times().toleranceMicrosAt(timeMicros);
  }

  private static FrameTimes timesOf(List<SampledFrame> frames) {
    return new FrameTimes(frames.stream().map(SampledFrame::gridMicros).toList());
  }
}
