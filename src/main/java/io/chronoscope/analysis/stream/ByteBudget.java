package io.chronoscope.analysis.stream;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Bounds the bytes that wait in memory: what is there is always let in (a feeder has read it
/// already), but the feeder hears "go on" only when there is room again.
final class ByteBudget {

  private final long maxBytes;
  private final Deque<CompletableFuture<Void>> waiting = new ArrayDeque<>();
  private long bytes;

  ByteBudget(long maxBytes) {
    if (maxBytes <= 0) {
      throw new IllegalArgumentException("at most " + maxBytes + " bytes may wait");
    }
    this.maxBytes = maxBytes;
  }

  /// @return done when fewer than the maximum of bytes wait
  synchronized CompletionStage<Void> add(long added) {
    bytes += added;
    if (bytes < maxBytes) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Void> room = new CompletableFuture<>();
    waiting.add(room);
    return room;
  }

  void release(long released) {
    Deque<CompletableFuture<Void>> free = new ArrayDeque<>();
    synchronized (this) {
      bytes -= released;
      // One feeder for each freed place would let in more than there is room for only by one record
      // each.
      while (bytes < maxBytes && !waiting.isEmpty()) {
        free.add(waiting.remove());
      }
    }
    // Outside the lock: whoever waits may offer the next record at once.
    free.forEach(room -> room.complete(null));
  }

  synchronized long bytes() {
    return bytes;
  }
}
