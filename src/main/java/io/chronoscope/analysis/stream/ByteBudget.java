package io.chronoscope.analysis.stream;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Back-pressure by bytes in memory: bytes are always admitted, since the caller has read them
/// already, but the caller is only asked for more once there is room again. Thread-safe.
final class ByteBudget {

  private final long maxBytes;
  private final Deque<CompletableFuture<Void>> waiting = new ArrayDeque<>();
  private long bytes;

  ByteBudget(long maxBytes) {
    if (maxBytes <= 0) {
      throw new IllegalArgumentException("byte budget is " + maxBytes);
    }
    this.maxBytes = maxBytes;
  }

  /// @return completes once fewer than the maximum bytes are in memory
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
    Deque<CompletableFuture<Void>> admitted = new ArrayDeque<>();
    synchronized (this) {
      bytes -= released;
      // All that wait at once: each overshoots the maximum by one record at most.
      while (bytes < maxBytes && !waiting.isEmpty()) {
        admitted.add(waiting.remove());
      }
    }
    // Outside the lock: a caller may offer its next record at once.
    admitted.forEach(room -> room.complete(null));
  }

  synchronized long bytes() {
    return bytes;
  }
}
