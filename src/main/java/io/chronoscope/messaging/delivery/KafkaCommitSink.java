package io.chronoscope.messaging.delivery;

import io.chronoscope.analysis.CommitSink;
import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.messaging.MessagingMetrics;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/// Passes commits to the [Delivery] while their partition is assigned and no [MessagingFailure] is
/// reported.
public final class KafkaCommitSink implements CommitSink {

  private final Delivery delivery;
  private final ChunkOffsets offsets;
  private final MessagingFailure failure;
  private final MessagingMetrics metrics;

  public KafkaCommitSink(
      Delivery delivery, ChunkOffsets offsets, MessagingFailure failure, MessagingMetrics metrics) {
    this.delivery = delivery;
    this.offsets = offsets;
    this.failure = failure;
    this.metrics = metrics;
  }

  @Override
  public CompletionStage<Void> commit(StreamCommit commit) {
    long started = System.nanoTime();
    return write(new WriteUnit.OfCommit(commit))
        .thenRun(() -> metrics.committed(Duration.ofNanos(System.nanoTime() - started)));
  }

  /// Publishes a dead letter for a record that belongs to no stream, and acknowledges the record.
  public CompletionStage<Void> reject(DeadLetter letter) {
    return write(new WriteUnit.OfRejection(letter));
  }

  private CompletionStage<Void> write(WriteUnit unit) {
    if (failure.reason().isPresent()) {
      return CompletableFuture.failedFuture(new IllegalStateException(failure.reason().get()));
    }
    if (!offsets.isAssigned(unit.partition())) {
      return CompletableFuture.failedFuture(
          new CancellationException(
              "stream %s: partition %s is no longer assigned to this instance"
                  .formatted(unit.stream(), unit.partition())));
    }
    return delivery
        .write(unit)
        .whenComplete((done, problem) -> {
          if (problem != null && !isRevocation(problem)) {
            failure.report(unit.description() + " could not be written", problem);
          } else if (problem == null) {
            unit.results().forEach(metrics::published);
          }
        });
  }

  private static boolean isRevocation(Throwable problem) {
    return problem instanceof CancellationException
        || (problem instanceof CompletionException
            && problem.getCause() instanceof CancellationException);
  }
}
