package io.chronoscope.messaging.chunk;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/// Back-pressure by partition: when a stream has no room, only its partition pauses; the others are
/// still read. Records of the paused partition that were already fetched are parked and handed on
/// in order. Thread-safe.
///
/// Streams of the same partition share its order, so they do wait for each other.
public final class PartitionFlow {

  /// Parked records of a partition beyond which nothing more is read at all.
  private static final int MAX_PARKED = 8;

  /// Changes which partitions are read, soon, on the polling thread.
  public interface Reading {

    void change(java.util.function.Consumer<Consumer<?, ?>> action);
  }

  private record Parked(
      ConsumerRecord<byte[], byte[]> record, int generation, CompletableFuture<Void> handedOn) {}

  private final BiFunction<ConsumerRecord<byte[], byte[]>, Integer, CompletionStage<Void>> next;
  private final Reading reading;
  private final Map<TopicPartition, Deque<Parked>> blocked = new HashMap<>();

  /// @param next receives the records of a partition one after the other; done when there is room
  ///   for the next one
  public PartitionFlow(
      BiFunction<ConsumerRecord<byte[], byte[]>, Integer, CompletionStage<Void>> next,
      Reading reading) {
    this.next = next;
    this.reading = reading;
  }

  /// Hands on a record, or parks it. Called for one record after the other.
  ///
  /// @return done when the next record, of any partition, may be read
  public CompletionStage<Void> offer(ConsumerRecord<byte[], byte[]> record, int generation) {
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    Parked parked = new Parked(record, generation, new CompletableFuture<>());
    synchronized (this) {
      Deque<Parked> waiting = blocked.get(partition);
      if (waiting != null) {
        waiting.add(parked);
        pause(partition);
        return waiting.size() > MAX_PARKED
            ? parked.handedOn
            : CompletableFuture.completedFuture(null);
      }
    }
    CompletionStage<Void> room = next.apply(record, generation);
    if (room.toCompletableFuture().isDone()) {
      return room;
    }
    Deque<Parked> waiting = new ArrayDeque<>();
    synchronized (this) {
      blocked.put(partition, waiting);
      pause(partition);
    }
    var unused = room.thenRun(() -> advance(partition, waiting));
    return CompletableFuture.completedFuture(null);
  }

  /// Hands on what was parked, now that there is room.
  private void advance(TopicPartition partition, Deque<Parked> waiting) {
    while (true) {
      Parked first;
      synchronized (this) {
        if (blocked.get(partition) != waiting) {
          return; // it was revoked meanwhile
        }
        first = waiting.poll();
        if (first == null) {
          blocked.remove(partition);
          resume(partition);
          return;
        }
      }
      CompletionStage<Void> room = next.apply(first.record, first.generation);
      first.handedOn.complete(null);
      if (!room.toCompletableFuture().isDone()) {
        var unused = room.thenRun(() -> advance(partition, waiting));
        return;
      }
    }
  }

  /// Forgets what was parked: the next owner of the partitions reads it.
  public void revoked(Collection<TopicPartition> partitions) {
    Set<Parked> forgotten = new HashSet<>();
    synchronized (this) {
      for (TopicPartition partition : partitions) {
        Deque<Parked> waiting = blocked.remove(partition);
        if (waiting != null) {
          forgotten.addAll(waiting);
        }
      }
    }
    forgotten.forEach(parked -> parked.handedOn.complete(null));
  }

  /// Number of partitions that wait for room.
  public synchronized int blocked() {
    return blocked.size();
  }

  private void pause(TopicPartition partition) {
    reading.change(consumer -> {
      if (isBlocked(partition) && consumer.assignment().contains(partition)) {
        consumer.pause(Set.of(partition));
      }
    });
  }

  private void resume(TopicPartition partition) {
    reading.change(consumer -> {
      if (!isBlocked(partition) && consumer.assignment().contains(partition)) {
        consumer.resume(Set.of(partition));
      }
    });
  }

  private synchronized boolean isBlocked(TopicPartition partition) {
    return blocked.containsKey(partition);
  }
}
