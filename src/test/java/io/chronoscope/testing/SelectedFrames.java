package io.chronoscope.testing;

import io.chronoscope.decode.MediaDecoder.Display;
import io.chronoscope.decode.MediaDecoder.SelectiveSink;
import io.chronoscope.domain.Picture;
import java.util.BitSet;
import java.util.List;
import java.util.function.LongPredicate;

/// A sink that selects frames by their start before they are decoded, and records those that the
/// decoder offers since its last start.
public final class SelectedFrames implements SelectiveSink {

  public final Frames frames;
  public int restarts;
  private final LongPredicate wanted;
  private final Runnable whenSelecting;

  public SelectedFrames(LongPredicate wanted) {
    this(wanted, () -> {});
  }

  /// @param whenSelecting runs before each selection
  public SelectedFrames(LongPredicate wanted, Runnable whenSelecting) {
    this.frames = new Frames(wanted);
    this.wanted = wanted;
    this.whenSelecting = whenSelecting;
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
