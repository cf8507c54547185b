package io.chronoscope.messaging.delivery;

import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/// How portions become durable, and the offsets that follow from them committed. There are two:
/// [ExactlyOnce] and [AtLeastOnce].
public interface Delivery extends AutoCloseable {

  /// Told when somebody else turns out to write for a partition, before what was being written for
  /// it fails. Must not wait for the delivery.
  @FunctionalInterface
  interface OnFenced {
    void fenced(TopicPartition partition);
  }

  /// Takes over partitions that were assigned, before what was kept of them is read. Blocks.
  void open(Collection<TopicPartition> partitions, OnFenced onFenced);

  /// Portions of one stream are written in the order of the calls.
  ///
  /// @return done when it is durable. Fails with a [java.util.concurrent.CancellationException]
  ///   when the partition is no longer written for here; any other failure is for good
  CompletionStage<Void> write(WriteUnit portion);

  /// Has a partition's offset follow its progress though nothing is to be written.
  void advance(TopicPartition partition);

  /// Finishes what is being written for partitions that are about to move away, commits their
  /// offsets and lets go of them. Called on the polling thread; blocks.
  ///
  /// @param consumer that still has them
  void finish(Collection<TopicPartition> partitions, Consumer<?, ?> consumer, Duration atMost);

  /// Lets go of partitions that somebody else has already: nothing more is written for them.
  void drop(Collection<TopicPartition> partitions);

  @Override
  void close();
}
