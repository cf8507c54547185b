package io.chronoscope.analysis.question;

import io.chronoscope.analysis.ChunkArchive.Stretch;
import io.chronoscope.domain.StreamInput;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/// Gives access to a range's first chunk before the range is read, by buffering the records up to
/// it. Owns the range.
final class PeekedStretch implements Stretch {

  private final Stretch stretch;
  private final Deque<StreamInput> buffered = new ArrayDeque<>();

  PeekedStretch(Stretch stretch) {
    this.stretch = stretch;
  }

  /// Empty when there is no chunk. Call before [#next].
  Optional<StreamInput.Chunk> firstChunk() {
    while (true) {
      Optional<StreamInput> next = stretch.next();
      if (next.isEmpty()) {
        return Optional.empty();
      }
      buffered.add(next.get());
      if (next.get() instanceof StreamInput.Chunk chunk) {
        return Optional.of(chunk);
      }
    }
  }

  @Override
  public Optional<StreamInput> next() {
    return buffered.isEmpty() ? stretch.next() : Optional.of(buffered.removeFirst());
  }

  @Override
  public boolean earlierAreGone() {
    return stretch.earlierAreGone();
  }

  @Override
  public void close() {
    stretch.close();
  }
}
