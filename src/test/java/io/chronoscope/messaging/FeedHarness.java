package io.chronoscope.messaging;

import io.chronoscope.analysis.Intake;
import io.chronoscope.analysis.StepSink;
import io.chronoscope.client.Topics;
import io.chronoscope.record.ChunkEnvelope;
import io.chronoscope.record.ResultEnvelope;
import io.chronoscope.record.TopicNames;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// An instance of the edge without its container: the same feed and sink, polled by a thread of its
/// own. It can be killed: from one moment to the next it polls, writes and commits no more.
final class FeedHarness implements AutoCloseable {

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final KafkaProducer<String, byte[]> producer;
  private final ChunkFeed feed;
  private final KafkaStepSink sink;
  private final MessagingFailure failure = new MessagingFailure();
  private final ConcurrentLinkedQueue<Runnable> onPoll = new ConcurrentLinkedQueue<>();
  private final Thread thread;
  private volatile boolean running = true;
  private volatile boolean killed;

  FeedHarness(String bootstrapServers, TopicNames names, Function<StepSink, Intake> analysis) {
    Map<String, Object> kafka = Map.of("bootstrap.servers", bootstrapServers);
    Topics.ensure(kafka, names);
    producer = new KafkaProducer<>(kafka, new StringSerializer(), new ByteArraySerializer());
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.put("group.id", "chronoscope");
    properties.put("enable.auto.commit", false);
    properties.put("auto.offset.reset", "earliest");
    properties.put("max.poll.records", 1);
    properties.put("heartbeat.interval.ms", 200);
    properties.put("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());
    consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    MessagingMetrics metrics = new MessagingMetrics(new SimpleMeterRegistry());
    sink =
        new KafkaStepSink(
            producer,
            new ResultEnvelope(names, URI.create("/test")),
            names,
            this::commit,
            Executors.newVirtualThreadPerTaskExecutor(),
            failure,
            metrics);
    StepSink guarded = step -> killed ? new CompletableFuture<>() : sink.commit(step);
    feed =
        new ChunkFeed(
            new ChunkEnvelope(1 << 20),
            analysis.apply(guarded),
            StateReader.from(kafka, names.state()),
            sink,
            failure,
            metrics);
    thread = Thread.ofPlatform().name("harness").start(() -> poll(names.chunks()));
  }

  MessagingFailure failure() {
    return failure;
  }

  ChunkOffsets offsets() {
    return sink.offsets();
  }

  private void poll(String topic) {
    consumer.subscribe(Set.of(topic), new Rebalance());
    CompletableFuture<Void> room = CompletableFuture.completedFuture(null);
    ConcurrentLinkedQueue<ConsumerRecord<byte[], byte[]>> waiting = new ConcurrentLinkedQueue<>();
    while (running) {
      Runnable task;
      while ((task = onPoll.poll()) != null) {
        task.run();
      }
      if (room.isDone() && waiting.isEmpty()) {
        consumer.resume(consumer.assignment());
      } else {
        consumer.pause(consumer.assignment());
      }
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(20))) {
        waiting.add(record);
      }
      waiting.removeIf(
          record -> !offsets().isAssigned(new TopicPartition(record.topic(), record.partition())));
      while (room.isDone() && !waiting.isEmpty()) {
        room =
            feed.take(waiting.poll(), consumer.groupMetadata().generationId())
                .toCompletableFuture();
      }
    }
    consumer.close();
  }

  private CompletionStage<Void> commit(Map<TopicPartition, Long> offsets) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    if (killed) {
      return done;
    }
    Map<TopicPartition, OffsetAndMetadata> commit = new HashMap<>();
    offsets.forEach((p, offset) -> commit.put(p, new OffsetAndMetadata(offset)));
    onPoll.add(() ->
        consumer.commitAsync(
            commit,
            (map, problem) -> {
              if (problem == null) {
                done.complete(null);
              } else {
                done.completeExceptionally(problem);
              }
            }));
    return done;
  }

  /// Ends without a word to anybody.
  void kill() throws InterruptedException {
    killed = true;
    running = false;
    thread.join();
    producer.close(Duration.ZERO);
  }

  /// Leaves the group in good order.
  @Override
  public void close() throws InterruptedException {
    running = false;
    thread.join();
    producer.close();
  }

  private final class Rebalance implements ConsumerRebalanceListener {

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      feed.assigned(consumer, partitions);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      if (!killed) {
        feed.revoked(consumer, partitions);
      }
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      feed.lost(partitions);
    }
  }
}
