package io.chronoscope.messaging.delivery;

import io.chronoscope.messaging.delivery.PartitionTransactions.TakenOverException;
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

/// Writes for one partition. All portions that wait at a moment go into one transaction, together
/// with the offset that follows from them; while it is under way the next ones gather. Thread-safe.
final class PartitionWriter {

  private static final Logger LOG = LoggerFactory.getLogger(PartitionWriter.class);

  /// Told, before what waits fails, why nothing more can be written.
  interface Ends {

    /// Somebody else has the partition.
    void takenOver();

    void failed(RuntimeException problem);
  }

  private record Waiting(WriteUnit portion, CompletableFuture<Void> written) {}

  private final TopicPartition partition;
  private final PartitionTransactions transactions;
  private final Function<WriteUnit, List<ProducerRecord<String, byte[]>>> records;
  private final Function<String, ProducerRecord<String, byte[]>> withoutMark;
  private final ChunkOffsets offsets;
  private final Executor executor;
  private final Ends ends;
  private final CompletableFuture<Void> finished = new CompletableFuture<>();
  private List<Waiting> queue = new ArrayList<>();
  private boolean advance;
  private boolean working;

  /// Why nothing more is taken.
  private Optional<RuntimeException> closed = Optional.empty();

  /// Why nothing more is written, not even what was taken.
  private Optional<RuntimeException> ended = Optional.empty();

  /// @param records of a portion
  /// @param withoutMark takes a stream's mark away
  /// @param executor where transactions are made, which block
  PartitionWriter(
      TopicPartition partition,
      PartitionTransactions transactions,
      Function<WriteUnit, List<ProducerRecord<String, byte[]>>> records,
      Function<String, ProducerRecord<String, byte[]>> withoutMark,
      ChunkOffsets offsets,
      Executor executor,
      Ends ends) {
    this.partition = partition;
    this.transactions = transactions;
    this.records = records;
    this.withoutMark = withoutMark;
    this.offsets = offsets;
    this.executor = executor;
    this.ends = ends;
  }

  CompletionStage<Void> write(WriteUnit portion) {
    CompletableFuture<Void> written = new CompletableFuture<>();
    synchronized (this) {
      if (closed.isPresent()) {
        return CompletableFuture.failedFuture(closed.get());
      }
      queue.add(new Waiting(portion, written));
    }
    work();
    return written;
  }

  /// Commits the offset even if no portion comes.
  void advance() {
    synchronized (this) {
      if (closed.isPresent()) {
        return;
      }
      advance = true;
    }
    work();
  }

  /// Takes nothing more.
  ///
  /// @return done when all that was taken is written, or has failed
  CompletionStage<Void> finish() {
    synchronized (this) {
      if (closed.isEmpty()) {
        closed = Optional.of(moved());
        advance = true;
      }
    }
    work();
    return finished;
  }

  /// Takes nothing more and begins no other transaction.
  void drop() {
    end(moved());
  }

  private synchronized void end(RuntimeException why) {
    closed = closed.or(() -> Optional.of(why));
    ended = ended.or(() -> Optional.of(why));
  }

  private CancellationException moved() {
    return new CancellationException(partition + " is no longer written for here");
  }

  private void work() {
    synchronized (this) {
      if (working) {
        return;
      }
      working = true;
    }
    executor.execute(this::workOff);
  }

  private void workOff() {
    while (true) {
      List<Waiting> batch;
      Optional<RuntimeException> refusal;
      synchronized (this) {
        if (queue.isEmpty() && !advance) {
          working = false;
          if (closed.isPresent()) {
            finished.complete(null);
          }
          return;
        }
        batch = queue;
        queue = new ArrayList<>();
        advance = false;
        refusal = ended;
      }
      if (refusal.isEmpty()) {
        refusal = transact(batch.stream().map(Waiting::portion).toList());
      }
      for (Waiting waiting : batch) {
        if (refusal.isEmpty()) {
          waiting.written().complete(null);
        } else {
          waiting.written().completeExceptionally(refusal.get());
        }
      }
    }
  }

  /// @return why it was not written
  private Optional<RuntimeException> transact(List<WriteUnit> portions) {
    try {
      List<ProducerRecord<String, byte[]>> all = new ArrayList<>();
      portions.forEach(portion -> all.addAll(records.apply(portion)));
      Map<TopicPartition, OffsetAndMetadata> due;
      synchronized (this) {
        if (ended.isPresent()) {
          // The partition may be assigned here again already, and then the progress is another.
          return ended;
        }
        // From here on the progress is ahead of what is written. Nobody commits it but this writer,
        // and it writes nothing more if this fails.
        portions.forEach(offsets::release);
        due = offsets.due(List.of(partition));
        due.forEach((on, offset) ->
            offsets.committed(on, offset).forEach(gone -> all.add(withoutMark.apply(gone))));
      }
      if (!all.isEmpty() || !due.isEmpty()) {
        transactions.commit(all, due);
      }
      return Optional.empty();
    } catch (TakenOverException e) {
      LOG.warn("{} was taken over by another instance", partition);
      return Optional.of(end(moved(), ends::takenOver));
    } catch (RuntimeException e) {
      return Optional.of(end(e, () -> ends.failed(e)));
    }
  }

  /// @return why it ended, which may be an earlier reason: a producer that was closed under the
  ///   transaction makes it fail
  private RuntimeException end(RuntimeException why, Runnable tell) {
    Optional<RuntimeException> before;
    synchronized (this) {
      before = ended;
      end(why);
    }
    if (before.isEmpty()) {
      tell.run();
    }
    return before.orElse(why);
  }
}
