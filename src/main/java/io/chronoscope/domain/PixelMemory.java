package io.chronoscope.domain;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/// A pool of memory for pixels, outside the Java heap, by size: streams need the same few sizes all
/// the time. Idle memory beyond a bound is left to the garbage collector. Thread-safe.
///
/// A shared arena per picture would be simpler, but closing one handshakes with every thread of the
/// process, and each stream has a thread: with some hundred streams that took most of the CPU time.
final class PixelMemory {

  static final long MAX_IDLE_BYTES = 128L << 20;

  private final Map<Long, Queue<MemorySegment>> idle = new ConcurrentHashMap<>();
  private final AtomicLong idleBytes = new AtomicLong();
  private final AtomicLong usedBytes = new AtomicLong();

  /// Memory of undefined content.
  MemorySegment acquire(long bytes) {
    usedBytes.addAndGet(bytes);
    Queue<MemorySegment> fitting = idle.get(bytes);
    MemorySegment used = fitting == null ? null : fitting.poll();
    if (used != null) {
      idleBytes.addAndGet(-bytes);
      return used;
    }
    return Arena.ofAuto().allocate(bytes);
  }

  /// Returns memory to the pool; the caller must not use it afterwards.
  void release(MemorySegment memory) {
    long bytes = memory.byteSize();
    usedBytes.addAndGet(-bytes);
    if (idleBytes.addAndGet(bytes) > MAX_IDLE_BYTES) {
      // It may be of sizes that are no longer in use.
      idle.clear();
      idleBytes.set(bytes);
    }
    idle.computeIfAbsent(bytes, size -> new ConcurrentLinkedQueue<>()).add(memory);
  }

  long idleBytes() {
    return idleBytes.get();
  }

  /// Memory of pictures in use and of the pool.
  long heldBytes() {
    return usedBytes.get() + idleBytes.get();
  }
}
