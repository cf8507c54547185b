package io.chronoscope.qwen.decoder;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/// Lanes for running batches. Those whose runs are captured are used again: a captured graph
/// belongs to its addresses and stays in the session's memory, so sizes are rounded up to a few,
/// and idle lanes wait for the next batch of their size. Thread-safe.
final class LanePool implements AutoCloseable {

  private static final int MAX_IDLE = 8;

  private static final int MIN_CAPACITY = 256;

  private final DecodeLane.Model model;

  /// The one that was used last comes first.
  private final Deque<DecodeLane> idle = new ArrayDeque<>();

  LanePool(DecodeLane.Model model) {
    this.model = model;
  }

  /// @return has at least this many rows, with room for at least this many tokens in each
  synchronized DecodeLane acquire(int rows, int capacity) {
    return switch (model.runs()) {
      case ORDINARY -> new DecodeLane(model, rows, capacity);
      case CAPTURED -> reused(roundedRows(rows), roundedCapacity(capacity));
    };
  }

  private DecodeLane reused(int rows, int capacity) {
    for (Iterator<DecodeLane> lanes = idle.iterator(); lanes.hasNext(); ) {
      DecodeLane lane = lanes.next();
      if (lane.cache().rows() == rows && lane.cache().capacity() == capacity) {
        lanes.remove();
        return lane;
      }
    }
    return new DecodeLane(model, rows, capacity);
  }

  /// A power of two.
  static int roundedRows(int rows) {
    return rows <= 1 ? 1 : Integer.highestOneBit(rows - 1) << 1;
  }

  /// 256, 384, 512, 768, 1024, …: at most a third more than asked for.
  static int roundedCapacity(int capacity) {
    int power = MIN_CAPACITY;
    while (power < capacity) {
      if (power + power / 2 >= capacity) {
        return power + power / 2;
      }
      power *= 2;
    }
    return power;
  }

  /// Takes a lane back.
  synchronized void release(DecodeLane lane) {
    switch (model.runs()) {
      case ORDINARY -> lane.close();
      case CAPTURED -> {
        idle.addFirst(lane);
        if (idle.size() > MAX_IDLE) {
          idle.removeLast().close();
        }
      }
    }
  }

  @Override
  public synchronized void close() {
    idle.forEach(DecodeLane::close);
    idle.clear();
  }
}
