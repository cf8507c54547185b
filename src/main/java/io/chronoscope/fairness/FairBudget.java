package io.chronoscope.fairness;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Back-pressure by bytes in memory, by stream. Bytes are always admitted, since the caller has
/// read them already, but it is asked for more of a stream only when there is room: while the whole
/// is not used up, or the stream holds less than its share, the whole divided by the streams that
/// hold any. So a stream alone may use the whole; beside others, one that holds more than its share
/// waits and the others do not. Together they hold less than twice the maximum, and one record
/// each.
///
/// Thread-safe.
public final class FairBudget {

  private static final class Held {
    private long bytes;
    private final Deque<CompletableFuture<Void>> waiting = new ArrayDeque<>();
  }

  private final long maxBytes;
  private final Map<String, Held> streams = new HashMap<>();
  private long bytes;
  private int waiting;

  public FairBudget(long maxBytes) {
    if (maxBytes <= 0) {
      throw new IllegalArgumentException("byte budget is " + maxBytes);
    }
    this.maxBytes = maxBytes;
  }

  /// @return completes once there is room for more of this stream
  public synchronized CompletionStage<Void> add(String stream, long added) {
    Held held = streams.computeIfAbsent(stream, name -> new Held());
    held.bytes += added;
    bytes += added;
    if (hasRoom(held)) {
      forgetIfEmpty(stream, held);
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Void> room = new CompletableFuture<>();
    held.waiting.add(room);
    waiting++;
    return room;
  }

  public void release(String stream, long released) {
    List<CompletableFuture<Void>> admitted = new ArrayList<>();
    synchronized (this) {
      Held held = streams.get(stream);
      if (held == null) {
        return;
      }
      held.bytes -= released;
      bytes -= released;
      forgetIfEmpty(stream, held);
      if (waiting > 0) {
        streams.values().stream().filter(this::hasRoom).forEach(one -> admit(one, admitted));
        streams.values().removeIf(FairBudget::isEmpty);
      }
    }
    // Outside the lock: a caller may offer its next record at once.
    admitted.forEach(room -> room.complete(null));
  }

  private boolean hasRoom(Held held) {
    return bytes < maxBytes || held.bytes < maxBytes / streams.size();
  }

  private void admit(Held held, List<CompletableFuture<Void>> admitted) {
    waiting -= held.waiting.size();
    admitted.addAll(held.waiting);
    held.waiting.clear();
  }

  private void forgetIfEmpty(String stream, Held held) {
    if (isEmpty(held)) {
      streams.remove(stream);
    }
  }

  private static boolean isEmpty(Held held) {
    return held.bytes == 0 && held.waiting.isEmpty();
  }

  public synchronized long bytes() {
    return bytes;
  }
}
