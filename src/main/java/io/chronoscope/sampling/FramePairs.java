package io.chronoscope.sampling;

import io.chronoscope.model.SampledFrame;
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
    for (int i = 1; i < frames.size(); i++) {
      if (frames.get(i).gridMicros() <= frames.get(i - 1).gridMicros()) {
        throw new IllegalArgumentException(
            "frame %d at %d µs is not after the one before it at %d µs"
                .formatted(i, frames.get(i).gridMicros(), frames.get(i - 1).gridMicros()));
      }
    }
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

  /// How far a boundary seen at `timeMicros` (absolute) may be off because nothing was looked at in
  /// between: the distance of the two frames around it; at a frame's own time the larger of the
  /// distances to its neighbours; outside the frames the distance to the nearest one, if that is
  /// larger than the gap next to it.
  public long toleranceMicrosAt(long timeMicros) {
    int after = 0;
    while (after < frames.size() && frames.get(after).gridMicros() <= timeMicros) {
      after++;
    }
    int last = frames.size() - 1;
    if (after == 0) {
      return Math.max(frames.getFirst().gridMicros() - timeMicros, gapAfter(0));
    }
    long at = frames.get(after - 1).gridMicros();
    if (after - 1 == last) {
      return Math.max(timeMicros - at, gapAfter(last - 1));
    }
    return at == timeMicros
        ? Math.max(gapAfter(after - 2), gapAfter(after - 1))
        : gapAfter(after - 1);
  }

  private long gapAfter(int i) {
    return i < 0 || i + 1 >= frames.size()
        ? 0
        : frames.get(i + 1).gridMicros() - frames.get(i).gridMicros();
  }
}
