package io.chronoscope.messaging.delivery;

import io.chronoscope.messaging.delivery.PartitionTransactions.FencedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes the units of one partition. All units pending at a moment go into one transaction,
/// together with the offset they make committable; units that arrive during a transaction form the
/// next one. Thread-safe; at most one transaction runs at a time, on the executor.
final class PartitionWriter {

  private static final Logger LOG = LoggerFactory.getLogger(PartitionWriter.class);

  /// Receives the reason why nothing more can be written, once, before the pending units fail.
  interface Listener {

    /// Another instance owns the partition.
    void fenced();

    void failed(RuntimeException problem);
  }

  private record Pending(WriteUnit unit, CompletableFuture<Void> written) {}

  private final TopicPartition partition;
  private final PartitionTransactions transactions;
  private final Function<WriteUnit, List<ProducerRecord<String, byte[]>>> records;
  private final Function<String, ProducerRecord<String, byte[]>> tombstone;
  private final ChunkOffsets offsets;
  private final Executor executor;
  private final Listener listener;
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private List<Pending> queue = new ArrayList<>();
  private boolean offsetCommitRequested;
  private boolean working;

  /// Why no more units are accepted.
  private Optional<RuntimeException> closed = Optional.empty();

  /// Why nothing more is written, not even units that were accepted.
  private Optional<RuntimeException> ended = Optional.empty();

  /// @param records of a unit
  /// @param tombstone deletes the state of a stream
  /// @param executor runs the transactions, which block
  PartitionWriter(
      TopicPartition partition,
      PartitionTransactions transactions,
      Function<WriteUnit, List<ProducerRecord<String, byte[]>>> records,
      Function<String, ProducerRecord<String, byte[]>> tombstone,
      ChunkOffsets offsets,
      Executor executor,
      Listener listener) {
    this.partition = partition;
    this.transactions = transactions;
    this.records = records;
    this.tombstone = tombstone;
    this.offsets = offsets;
    this.executor = executor;
    this.listener = listener;
  }

  CompletionStage<Void> write(WriteUnit unit) {
    CompletableFuture<Void> written = new CompletableFuture<>();
    synchronized (this) {
      if (closed.isPresent()) {
        return CompletableFuture.failedFuture(closed.get());
      }
      queue.add(new Pending(unit, written));
    }
    schedule();
    return written;
  }

  /// Commits the offset even if no unit is pending.
  void commitOffset() {
    synchronized (this) {
      if (closed.isPresent()) {
        return;
      }
      offsetCommitRequested = true;
    }
    schedule();
  }

  /// Stops accepting units and writes the pending ones.
  ///
  /// @return done when all accepted units are written or have failed
  CompletionStage<Void> drain() {
    synchronized (this) {
      if (closed.isEmpty()) {
        closed = Optional.of(revoked());
        offsetCommitRequested = true;
      }
    }
    schedule();
    return drained;
  }

  /// Stops accepting units and starts no further transaction.
  void abandon() {
    end(revoked());
  }

  private synchronized void end(RuntimeException reason) {
    closed = closed.or(() -> Optional.of(reason));
    ended = ended.or(() -> Optional.of(reason));
  }

  private CancellationException revoked() {
    return new CancellationException(partition + " is no longer assigned to this instance");
  }

  private void schedule() {
    synchronized (this) {
      if (working) {
        return;
      }
      working = true;
    }
    executor.execute(this::writePending);
  }

  private void writePending() {
    while (true) {
      List<Pending> batch;
      Optional<RuntimeException> refusal;
      synchronized (this) {
        if (queue.isEmpty() && !offsetCommitRequested) {
          working = false;
          if (closed.isPresent()) {
            drained.complete(null);
          }
          return;
        }
        batch = queue;
        queue = new ArrayList<>();
        offsetCommitRequested = false;
        refusal = ended;
      }
      if (refusal.isEmpty()) {
        refusal = transact(batch.stream().map(Pending::unit).toList());
      }
      for (Pending pending : batch) {
        if (refusal.isEmpty()) {
          pending.written().complete(null);
        } else {
          pending.written().completeExceptionally(refusal.get());
        }
      }
    }
  }

  /// @return why it was not written; empty on success
  private Optional<RuntimeException> transact(List<WriteUnit> units) {
    try {
      List<ProducerRecord<String, byte[]>> all = new ArrayList<>();
      units.forEach(unit -> all.addAll(records.apply(unit)));
      Map<TopicPartition, OffsetAndMetadata> due;
      synchronized (this) {
        if (ended.isPresent()) {
          // The partition may already be assigned to this instance again, with new progress.
          return ended;
        }
        // From here on the progress is ahead of what is written. Only this writer commits it, and
        // it writes nothing more if this transaction fails.
        units.forEach(offsets::acknowledge);
        due = offsets.due(List.of(partition));
        due.forEach((on, offset) ->
            offsets.committed(on, offset).forEach(ended -> all.add(tombstone.apply(ended))));
      }
      if (!all.isEmpty() || !due.isEmpty()) {
        transactions.commit(all, due);
      }
      return Optional.empty();
    } catch (FencedException e) {
      LOG.warn("partition {} was taken over by another instance", partition);
      return Optional.of(end(revoked(), listener::fenced));
    } catch (RuntimeException e) {
      return Optional.of(end(e, () -> listener.failed(e)));
    }
  }

  /// @return the first reason why the writer ended: closing its producer makes a running
  ///   transaction fail, which must not hide why it was closed
  private RuntimeException end(RuntimeException reason, Runnable notification) {
    Optional<RuntimeException> earlier;
    synchronized (this) {
      earlier = ended;
      end(reason);
    }
    if (earlier.isEmpty()) {
      notification.run();
    }
    return earlier.orElse(reason);
  }
}
