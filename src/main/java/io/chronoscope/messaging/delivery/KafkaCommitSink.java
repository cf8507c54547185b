package io.chronoscope.messaging.delivery;

import io.chronoscope.analysis.CommitSink;
import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.domain.Result.DeadLetter;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/// Hands steps to the [Delivery], for partitions that are assigned here and as long as nothing has
/// failed for good.
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
  public CompletionStage<Void> commit(StreamCommit step) {
    long began = System.nanoTime();
    return write(new WriteUnit.OfStep(step))
        .thenRun(() -> metrics.committed(Duration.ofNanos(System.nanoTime() - began)));
  }

  /// Publishes a dead letter for a record that belongs to no stream, and lets go of it.
  public CompletionStage<Void> reject(DeadLetter letter) {
    return write(new WriteUnit.OfRecord(letter));
  }

  private CompletionStage<Void> write(WriteUnit portion) {
    if (failure.reason().isPresent()) {
      return CompletableFuture.failedFuture(new IllegalStateException(failure.reason().get()));
    }
    if (!offsets.isAssigned(portion.partition())) {
      return CompletableFuture.failedFuture(
          new CancellationException(
              "stream %s moved away with %s".formatted(portion.stream(), portion.partition())));
    }
    return delivery
        .write(portion)
        .whenComplete((done, problem) -> {
          if (problem != null && !isMoved(problem)) {
            failure.report(portion.inWords() + " could not be written", problem);
          } else if (problem == null) {
            portion.results().forEach(metrics::published);
          }
        });
  }

  private static boolean isMoved(Throwable problem) {
    return problem instanceof CancellationException
        || (problem instanceof CompletionException
            && problem.getCause() instanceof CancellationException);
  }
}
