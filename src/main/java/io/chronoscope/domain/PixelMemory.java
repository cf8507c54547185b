package io.chronoscope.domain;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/// Memory for pixels, outside the Java heap, used again and again: streams ask for the same few
/// sizes all the time. What is idle beyond a bound is left to the garbage collector.
///
/// Closing a shared arena for each picture would be simpler, but it stops for a word with every
/// thread of the process, and there is a thread for each stream: with some hundred streams the
/// machine did little else.
final class PixelMemory {

  static final long MAX_IDLE_BYTES = 128L << 20;

  private final Map<Long, Queue<MemorySegment>> idle = new ConcurrentHashMap<>();
  private final AtomicLong idleBytes = new AtomicLong();

  /// Of undefined content.
  MemorySegment take(long bytes) {
    Queue<MemorySegment> fitting = idle.get(bytes);
    MemorySegment used = fitting == null ? null : fitting.poll();
    if (used != null) {
      idleBytes.addAndGet(-bytes);
      return used;
    }
    return Arena.ofAuto().allocate(bytes);
  }

  /// Nobody may use it any more.
  void giveBack(MemorySegment memory) {
    long bytes = memory.byteSize();
    if (idleBytes.addAndGet(bytes) > MAX_IDLE_BYTES) {
      // Perhaps of sizes that nobody asks for any more.
      idle.clear();
      idleBytes.set(bytes);
    }
    idle.computeIfAbsent(bytes, size -> new ConcurrentLinkedQueue<>()).add(memory);
  }

  long idleBytes() {
    return idleBytes.get();
  }
}
