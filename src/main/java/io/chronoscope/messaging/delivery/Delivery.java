package io.chronoscope.messaging.delivery;

import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/// Writes units durably and commits the offsets that follow from them, with one of two guarantees:
/// [ExactlyOnce] or [AtLeastOnce]. Thread-safe.
public interface Delivery extends AutoCloseable {

  /// Called when another instance turns out to own a partition, before pending writes for it fail.
  /// Must not wait for the delivery.
  @FunctionalInterface
  interface OnFenced {
    void fenced(TopicPartition partition);
  }

  /// Takes over assigned partitions and fences their former owners; to be called before their state
  /// is read. Blocks.
  void open(Collection<TopicPartition> partitions, OnFenced onFenced);

  /// Writes a unit. Units of one stream are written in the order of the calls.
  ///
  /// @return done when the unit is durable. Fails with a
  ///   [java.util.concurrent.CancellationException] if the partition is no longer assigned to this
  ///   instance; any other failure is final
  CompletionStage<Void> write(WriteUnit unit);

  /// Commits a partition's due offset although no unit is written.
  void commitOffset(TopicPartition partition);

  /// Finishes pending writes for partitions that are about to be revoked, commits their offsets and
  /// releases them. Called on the polling thread; blocks for at most `timeout`.
  ///
  /// @param consumer still owns the partitions
  void drain(Collection<TopicPartition> partitions, Consumer<?, ?> consumer, Duration timeout);

  /// Releases partitions that another instance already owns: nothing more is written for them.
  void abandon(Collection<TopicPartition> partitions);

  @Override
  void close();
}
