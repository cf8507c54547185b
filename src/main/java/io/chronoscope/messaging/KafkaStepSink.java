package io.chronoscope.messaging;

import io.chronoscope.analysis.Step;
import io.chronoscope.analysis.StepSink;
import io.chronoscope.model.ChunkOrigin;
import io.chronoscope.model.Result;
import io.chronoscope.model.Result.DeadLetter;
import io.chronoscope.model.Result.Summary;
import io.chronoscope.model.Result.Unanswered;
import io.chronoscope.model.Result.VideoEvent;
import io.chronoscope.record.ResultEnvelope;
import io.chronoscope.record.TopicNames;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes steps to Kafka: the results, then the state, then the offsets that are no longer needed.
/// Killed between any two of these, a restart does the missing part again and publishes the same
/// results under the same ids. Steps of one stream are written one after the other.
final class KafkaStepSink implements StepSink {

  private static final Logger LOG = LoggerFactory.getLogger(KafkaStepSink.class);

  private final Producer<String, byte[]> producer;
  private final ResultEnvelope envelope;
  private final TopicNames topics;
  private final ChunkOffsets offsets;
  private final Executor executor;
  private final MessagingFailure failure;
  private final MessagingMetrics metrics;
  private final Map<StreamOn, CompletableFuture<Void>> writing = new ConcurrentHashMap<>();

  private record StreamOn(TopicPartition partition, String stream) {}

  /// @param executor where records are handed to the producer, which may block
  /// @param committer commits the offsets of the chunks
  KafkaStepSink(
      Producer<String, byte[]> producer,
      ResultEnvelope envelope,
      TopicNames topics,
      ChunkOffsets.Committer committer,
      Executor executor,
      MessagingFailure failure,
      MessagingMetrics metrics) {
    this.producer = producer;
    this.envelope = envelope;
    this.topics = topics;
    this.executor = executor;
    this.failure = failure;
    this.metrics = metrics;
    this.offsets = new ChunkOffsets(committer, this::takeAway);
    metrics.watch(offsets);
  }

  /// What was read and is still needed.
  ChunkOffsets offsets() {
    return offsets;
  }

  @Override
  public CompletionStage<Void> commit(Step step) {
    long began = System.nanoTime();
    return write(
            ChunkOffsets.partition(step.resumeFrom()),
            step.stream(),
            () -> writeStep(step),
            "a step of stream " + step.stream())
        .thenRun(() -> {
          metrics.committed(Duration.ofNanos(System.nanoTime() - began));
          commitOffsets();
        });
  }

  /// Publishes a dead letter for a record that belongs to no stream, then lets go of it.
  CompletionStage<Void> reject(DeadLetter letter) {
    ChunkOrigin origin = letter.origin();
    return write(
            ChunkOffsets.partition(origin),
            letter.stream(),
            () -> publish(List.of(letter)).thenRunAsync(() -> offsets.release(origin), executor),
            "the dead letter for " + origin)
        .thenRun(this::commitOffsets);
  }

  /// The offsets follow by themselves: a restart before they are committed reads more records
  /// again, and each stream skips what lies before its mark.
  private void commitOffsets() {
    var unused = offsets.commit();
  }

  /// Waits until nothing is being written for these partitions, which are no longer assigned here.
  /// Somebody else will read what was kept of them.
  void settle(Collection<TopicPartition> partitions, Duration atMost) {
    CompletableFuture<Void> left =
        CompletableFuture.allOf(
            writing.entrySet().stream()
                .filter(entry -> partitions.contains(entry.getKey().partition()))
                .map(entry -> entry.getValue().exceptionally(failed -> null))
                .toArray(CompletableFuture[]::new));
    try {
      left.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      LOG.warn("steps on {} were still being written when they moved away", partitions);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private CompletableFuture<Void> write(
      TopicPartition partition,
      String stream,
      Supplier<CompletableFuture<Void>> writer,
      String what) {
    StreamOn key = new StreamOn(partition, stream);
    CompletableFuture<Void> written =
        writing.compute(
            key,
            (on, before) ->
                (before == null ? CompletableFuture.<Void>completedFuture(null) : before)
                    .thenComposeAsync(
                        done -> {
                          if (failure.reason().isPresent()) {
                            throw new IllegalStateException(failure.reason().get());
                          }
                          if (!offsets.isAssigned(partition)) {
                            throw new CancellationException(
                                "stream " + stream + " moved away with " + partition);
                          }
                          return writer.get();
                        },
                        executor));
    written.whenComplete((done, problem) -> {
      writing.remove(key, written);
      if (problem != null && offsets.isAssigned(partition)) {
        failure.report(what + " could not be written", problem);
      }
    });
    return written;
  }

  private CompletableFuture<Void> writeStep(Step step) {
    return publish(step.results())
        .thenComposeAsync(
            published ->
                send(
                    new ProducerRecord<>(
                        topics.state(),
                        step.resumeFrom().partition(),
                        step.stream(),
                        StateRecord.after(step).json())),
            executor)
        .thenRunAsync(() -> offsets.release(step), executor);
  }

  private CompletableFuture<Void> publish(List<Result> results) {
    CompletableFuture<?>[] sent =
        results.stream()
            .map(result -> send(record(result)).thenRun(() -> metrics.published(result)))
            .toArray(CompletableFuture[]::new);
    return CompletableFuture.allOf(sent);
  }

  private ProducerRecord<String, byte[]> record(Result result) {
    int partitions = producer.partitionsFor(envelope.topic(result)).size();
    return switch (result) {
      case DeadLetter letter ->
          offsets
              .taken(letter.origin())
              .map(taken ->
                  envelope.write(letter, taken.recordTime(), taken.sizeBytes(), partitions))
              .orElseGet(() -> envelope.write(letter, partitions));
      case VideoEvent event -> envelope.write(event, partitions);
      case Summary summary -> envelope.write(summary, partitions);
      case Unanswered unanswered -> envelope.write(unanswered, partitions);
    };
  }

  /// Takes a stream's mark off the state topic, once nothing of it can be read again. A mark that
  /// the stream, begun anew, writes later comes after this one.
  private void takeAway(TopicPartition partition, String stream) {
    write(
            partition,
            stream,
            () ->
                offsets.streams(List.of(partition)).contains(stream)
                    ? CompletableFuture.completedFuture(null)
                    : send(
                        new ProducerRecord<>(topics.state(), partition.partition(), stream, null)),
            "the end of stream " + stream)
        .exceptionally(problem -> null);
  }

  private CompletableFuture<Void> send(ProducerRecord<String, byte[]> record) {
    CompletableFuture<Void> sent = new CompletableFuture<>();
    producer.send(
        record,
        (metadata, problem) -> {
          if (problem == null) {
            sent.complete(null);
          } else {
            sent.completeExceptionally(problem);
          }
        });
    return sent;
  }
}
