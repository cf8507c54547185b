package io.chronoscope.messaging.delivery;

import io.chronoscope.messaging.MessagingMetrics;
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

/// Runs the transactions of one partition, one after the other. Transient failures are retried: an
/// unreachable broker, a transaction that its coordinator timed out. For use by one thread at a
/// time.
public final class PartitionTransactions {

  private static final Logger LOG = LoggerFactory.getLogger(PartitionTransactions.class);

  /// Failures that a retry cannot cure.
  private static final List<Class<? extends Throwable>> NOT_RETRIABLE =
      List.of(
          RecordTooLargeException.class,
          SerializationException.class,
          AuthorizationException.class,
          InvalidTopicException.class,
          UnsupportedVersionException.class);

  /// How transient failures are retried.
  ///
  /// @param backoff before the next attempt
  /// @param timeout after which a failure is final
  public record RetryPolicy(Duration backoff, Duration timeout) {

    public static final RetryPolicy USUAL =
        new RetryPolicy(Duration.ofMillis(500), CommitProducers.RETRY_TIMEOUT);
  }

  /// Another producer has the transactional id: another instance owns the partition.
  static final class FencedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    FencedException(Throwable cause) {
      super("another instance writes for this partition", cause);
    }
  }

  private final Producer<String, byte[]> producer;
  private final ConsumerGroupMetadata group;
  private final RetryPolicy retries;
  private final MessagingMetrics metrics;

  /// @param producer with the partition's transactional id; owned by the caller
  /// @param group whose offsets are committed. No group membership is needed: the transactional id
  ///   already ensures that no other instance commits for the partition
  PartitionTransactions(
      Producer<String, byte[]> producer,
      String group,
      RetryPolicy retries,
      MessagingMetrics metrics) {
    this.producer = producer;
    this.group = new ConsumerGroupMetadata(group);
    this.retries = retries;
    this.metrics = metrics;
  }

  /// Fences the former owner of the partition and waits until its last transaction is committed or
  /// aborted.
  void fenceFormerOwner() {
    retryTimeouts(producer::initTransactions, deadline());
  }

  /// Writes records and offsets atomically.
  ///
  /// @throws FencedException if another instance owns the partition; nothing was written
  /// @throws RuntimeException if writing failed and a retry would not help. The transaction may be
  ///   committed nevertheless, if the response to the commit was lost
  void commit(
      List<ProducerRecord<String, byte[]>> records,
      Map<TopicPartition, OffsetAndMetadata> offsets) {
    long started = System.nanoTime();
    long deadline = deadline();
    while (true) {
      try {
        producer.beginTransaction();
        // The outcome of each send is part of the commit's.
        records.forEach(producer::send);
        if (!offsets.isEmpty()) {
          producer.sendOffsetsToTransaction(offsets, group);
        }
        retryTimeouts(producer::commitTransaction, deadline);
        metrics.transactionCommitted(Duration.ofNanos(System.nanoTime() - started));
        return;
      } catch (RuntimeException problem) {
        abort(problem, deadline);
        LOG.warn("a transaction was aborted and is retried: {}", problem.toString());
        LockSupport.parkNanos(retries.backoff().toNanos());
      }
    }
  }

  /// Aborts a failed transaction, so that the next one can start.
  private void abort(RuntimeException problem, long deadline) {
    metrics.transactionAborted(root(problem));
    if (has(problem, ProducerFencedException.class)) {
      throw new FencedException(problem);
    }
    if (NOT_RETRIABLE.stream().anyMatch(kind -> has(problem, kind))
        || System.nanoTime() - deadline >= 0) {
      throw problem;
    }
    try {
      retryTimeouts(producer::abortTransaction, deadline);
    } catch (RuntimeException e) {
      if (has(e, ProducerFencedException.class) || has(e, InvalidProducerEpochException.class)) {
        throw new FencedException(e);
      }
      e.addSuppressed(problem);
      throw e;
    }
  }

  /// Calls that time out must be repeated; the client then waits for the response to the first
  /// call.
  private static void retryTimeouts(Runnable call, long deadline) {
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
    return System.nanoTime() + retries.timeout().toNanos();
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
