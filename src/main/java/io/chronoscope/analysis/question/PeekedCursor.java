package io.chronoscope.analysis.question;

import io.chronoscope.analysis.ChunkArchive.ChunkCursor;
import io.chronoscope.domain.StreamInput;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/// Gives access to a range's first chunk before the range is read, by buffering the records up to
/// it. Owns the range.
final class PeekedCursor implements ChunkCursor {

  private final ChunkCursor cursor;
  private final Deque<StreamInput> buffered = new ArrayDeque<>();

  PeekedCursor(ChunkCursor cursor) {
    this.cursor = cursor;
  }

  /// Empty when there is no chunk. Call before [#next].
  Optional<StreamInput.Chunk> firstChunk() {
    while (true) {
      Optional<StreamInput> next = cursor.next();
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
    return buffered.isEmpty() ? cursor.next() : Optional.of(buffered.removeFirst());
  }

  @Override
  public boolean earlierExpired() {
    return cursor.earlierExpired();
  }

  @Override
  public void close() {
    cursor.close();
  }
}
