package io.chronoscope.sampling;

import io.chronoscope.domain.SampledFrame;
import java.util.ArrayList;
import java.util.List;

/// A window's frames in pairs, the encoder's unit, in time order. The last frame of an odd count is
/// paired with itself.
///
/// @param frames at least one, with ascending grid times; owned by the caller
public record FramePairs(List<SampledFrame> frames) {

  /// @param seconds grid time of `first` in seconds, relative to the window's first frame
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

  private static FrameTimes timesOf(List<SampledFrame> frames) {
    return new FrameTimes(
        frames.stream().map(SampledFrame::gridMicros).toList(),
        frames.stream().map(SampledFrame::timeMicros).toList());
  }
}
