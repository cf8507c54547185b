package io.chronoscope.messaging.delivery;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The transactions of one partition, one after the other. What can pass is tried again: a broker
/// that is away, a transaction that its coordinator gave up. For use by one thread at a time.
public final class PartitionTransactions {

  private static final Logger LOG = LoggerFactory.getLogger(PartitionTransactions.class);

  /// Trying again cannot help with these.
  private static final List<Class<? extends Throwable>> HOPELESS =
      List.of(
          RecordTooLargeException.class,
          SerializationException.class,
          AuthorizationException.class,
          InvalidTopicException.class,
          UnsupportedVersionException.class);

  /// @param pause before the next attempt
  /// @param giveUpAfter how long attempts go on
  public record Patience(Duration pause, Duration giveUpAfter) {}

  /// Another producer has the transactional id: the partition belongs to somebody else.
  static final class TakenOverException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TakenOverException(Throwable cause) {
      super("another producer writes for this partition", cause);
    }
  }

  private final Producer<String, byte[]> producer;
  private final ConsumerGroupMetadata group;
  private final Patience patience;
  private final MessagingMetrics metrics;

  /// @param producer with the partition's transactional id; owned by the caller
  /// @param group whose offsets are committed. The group as such is enough: that nobody else
  ///   commits for the partition follows from the transactional id, not from the membership
  PartitionTransactions(
      Producer<String, byte[]> producer,
      String group,
      Patience patience,
      MessagingMetrics metrics) {
    this.producer = producer;
    this.group = new ConsumerGroupMetadata(group);
    this.patience = patience;
    this.metrics = metrics;
  }

  /// Fences whoever wrote for the partition before and waits until their last transaction has ended
  /// one way or the other.
  void takeOver() {
    untilInTime(producer::initTransactions, deadline());
  }

  /// Writes records and offsets together, or nothing.
  ///
  /// @throws TakenOverException when somebody else has the partition; nothing was written
  /// @throws RuntimeException when it could not be written and trying again would not help. It may
  ///   have been written all the same, if the commit was never answered
  void commit(
      List<ProducerRecord<String, byte[]>> records,
      Map<TopicPartition, OffsetAndMetadata> offsets) {
    long began = System.nanoTime();
    long deadline = deadline();
    while (true) {
      try {
        producer.beginTransaction();
        // What becomes of each record, the commit says.
        records.forEach(producer::send);
        if (!offsets.isEmpty()) {
          producer.sendOffsetsToTransaction(offsets, group);
        }
        untilInTime(producer::commitTransaction, deadline);
        metrics.transactionCommitted(Duration.ofNanos(System.nanoTime() - began));
        return;
      } catch (RuntimeException problem) {
        abort(problem, deadline);
        LOG.warn("a transaction was aborted and is tried again: {}", problem.toString());
        LockSupport.parkNanos(patience.pause().toNanos());
      }
    }
  }

  /// Ends a transaction that went wrong, so that the next can begin.
  private void abort(RuntimeException problem, long deadline) {
    metrics.transactionAborted(root(problem));
    if (has(problem, ProducerFencedException.class)) {
      throw new TakenOverException(problem);
    }
    if (HOPELESS.stream().anyMatch(hopeless -> has(problem, hopeless))
        || System.nanoTime() - deadline >= 0) {
      throw problem;
    }
    try {
      untilInTime(producer::abortTransaction, deadline);
    } catch (RuntimeException e) {
      if (has(e, ProducerFencedException.class) || has(e, InvalidProducerEpochException.class)) {
        throw new TakenOverException(e);
      }
      e.addSuppressed(problem);
      throw e;
    }
  }

  /// These calls are to be repeated when they time out; the client then waits for the answer to the
  /// first.
  private static void untilInTime(Runnable call, long deadline) {
    while (true) {
      try {
        call.run();
        return;
      } catch (TimeoutException e) {
        if (System.nanoTime() - deadline >= 0) {
          throw e;
        }
      }
    }
  }

  private long deadline() {
    return System.nanoTime() + patience.giveUpAfter().toNanos();
  }

  private static boolean has(Throwable problem, Class<? extends Throwable> kind) {
    for (Throwable e = problem; e != null; e = e.getCause()) {
      if (kind.isInstance(e)) {
        return true;
      }
    }
    return false;
  }

  private static Throwable root(Throwable problem) {
    Throwable root = problem;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }
}
