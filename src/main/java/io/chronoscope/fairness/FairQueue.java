package io.chronoscope.fairness;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Items of many streams, first in, first out within a stream, fair between streams: the stream
/// that has received the least service is next, so one with a long queue delays the others by one
/// item only. Service is whatever the caller charges.
///
/// Follows start-time fair queueing (Goyal, Vin and Cheng, 1996), as the virtual token counter does
/// for language models (Sheng et al., arXiv 2401.00588): a stream that was idle is treated as if it
/// had received as much as the one served last, so it cannot save up service.
///
/// Not thread-safe.
///
/// @param <T> item
public final class FairQueue<T> {

  private static final class Lane<T> {
    private final Deque<T> items = new ArrayDeque<>();
    private double served;
  }

  private final Map<String, Lane<T>> lanes = new LinkedHashMap<>();
  private double virtualTime;
  private int size;

  public void add(String stream, T item) {
    lane(stream).items.add(item);
    size++;
  }

  private Lane<T> lane(String stream) {
    Lane<T> lane = lanes.computeIfAbsent(stream, name -> new Lane<>());
    if (lane.items.isEmpty()) {
      lane.served = Math.max(lane.served, virtualTime);
    }
    return lane;
  }

  public int size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /// The first item of each stream.
  public Stream<T> heads() {
    return lanes.values().stream()
        .filter(lane -> !lane.items.isEmpty())
        .map(lane -> lane.items.getFirst());
  }

  /// The item whose turn it is: of the streams whose first item is accepted, the first item of the
  /// one that has received the least service. It stays in the queue.
  public Optional<T> next(Predicate<T> accepted) {
    return nextLane(accepted).map(lane -> lane.items.getFirst());
  }

  /// Removes and returns what [#next] returns.
  public Optional<T> poll(Predicate<T> accepted) {
    Optional<Lane<T>> next = nextLane(accepted);
    next.ifPresent(lane -> size--);
    return next.map(lane -> lane.items.removeFirst());
  }

  private Optional<Lane<T>> nextLane(Predicate<T> accepted) {
    @Nullable Lane<T> least = null;
    for (Lane<T> lane : lanes.values()) {
      if (!lane.items.isEmpty()
          && (least == null || lane.served < least.served)
          && accepted.test(lane.items.getFirst())) {
        least = lane;
      }
    }
    if (least != null) {
      virtualTime = Math.max(virtualTime, least.served);
    }
    return Optional.ofNullable(least);
  }

  /// Removes an item that is the first of its stream.
  public void removeHead(String stream, T item) {
    Lane<T> lane = lane(stream);
    if (lane.items.peekFirst() != item) {
      throw new IllegalStateException("the item is not the first of stream " + stream);
    }
    lane.items.removeFirst();
    size--;
  }

  /// Removes an item wherever it stands in its stream's queue.
  ///
  /// @return whether it was there
  public boolean remove(String stream, T item) {
    boolean removed = lane(stream).items.remove(item);
    if (removed) {
      size--;
    }
    return removed;
  }

  /// Records that a stream has received service.
  public void charge(String stream, double cost) {
    lane(stream).served += cost;
    forgetIdle();
  }

  /// An idle stream that is behind the virtual time would be lifted to it anyway.
  private void forgetIdle() {
    if (lanes.size() > 64) {
      lanes.values().removeIf(lane -> lane.items.isEmpty() && lane.served <= virtualTime);
    }
  }

  /// Removes and returns all items.
  public List<T> drain() {
    List<T> all = lanes.values().stream().flatMap(lane -> lane.items.stream()).toList();
    lanes.clear();
    size = 0;
    return all;
  }
}
