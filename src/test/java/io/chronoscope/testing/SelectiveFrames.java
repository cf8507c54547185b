package io.chronoscope.testing;

import io.chronoscope.decode.MediaDecoder.Display;
import io.chronoscope.decode.MediaDecoder.SelectiveSink;
import io.chronoscope.domain.Picture;
import java.util.BitSet;
import java.util.List;
import java.util.function.LongPredicate;

/// A sink that selects frames by their start, and records what a decoder offers since the last
/// restart.
public final class SelectiveFrames implements SelectiveSink {

  public final Frames frames;
  private final LongPredicate wanted;
  private final Runnable whenSelecting;
  private int restarts;

  public SelectiveFrames(LongPredicate wanted) {
    this(wanted, () -> {});
  }

  /// @param whenSelecting runs when it is asked for a selection
  public SelectiveFrames(LongPredicate wanted, Runnable whenSelecting) {
    this.frames = new Frames(wanted);
    this.wanted = wanted;
    this.whenSelecting = whenSelecting;
  }

  public int restarts() {
    return restarts;
  }

  @Override
  public BitSet select(List<Display> displays) {
    whenSelecting.run();
    BitSet selected = new BitSet();
    for (int i = 0; i < displays.size(); i++) {
      selected.set(i, wanted.test(displays.get(i).fromMicros()));
    }
    return selected;
  }

  @Override
  public void restart() {
    restarts++;
    frames.offered.clear();
    frames.shown.clear();
  }

  @Override
  public boolean wants(long fromMicros, long untilMicros) {
    return frames.wants(fromMicros, untilMicros);
  }

  @Override
  public void frame(long fromMicros, long untilMicros, Picture picture) {
    frames.frame(fromMicros, untilMicros, picture);
  }
}
