package io.chronoscope.testing;

import io.chronoscope.analysis.CommitSink;
import io.chronoscope.analysis.Intake;
import io.chronoscope.client.Topics;
import io.chronoscope.messaging.DeliveryGuarantee;
import io.chronoscope.messaging.MessagingMetrics;
import io.chronoscope.messaging.RebalanceProtocol;
import io.chronoscope.messaging.chunk.ChunkFeed;
import io.chronoscope.messaging.chunk.StateReader;
import io.chronoscope.messaging.delivery.AtLeastOnce;
import io.chronoscope.messaging.delivery.ChunkOffsets;
import io.chronoscope.messaging.delivery.CommitProducers;
import io.chronoscope.messaging.delivery.Delivery;
import io.chronoscope.messaging.delivery.ExactlyOnce;
import io.chronoscope.messaging.delivery.KafkaCommitSink;
import io.chronoscope.messaging.delivery.MessagingFailure;
import io.chronoscope.messaging.delivery.PartitionTransactions.RetryPolicy;
import io.chronoscope.messaging.delivery.WriteUnitRecords;
import io.chronoscope.wire.ChunkEnvelope;
import io.chronoscope.wire.ResultEnvelope;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// The Kafka edge of one service instance, without the container: the same feed and commit sink,
/// polled by its own thread. [#kill()] stops it like a process that crashes.
public final class MessagingInstance implements AutoCloseable {

  public static final String GROUP = "chronoscope";

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Delivery delivery;
  private final ChunkFeed feed;
  private final ChunkOffsets offsets = new ChunkOffsets();
  private final List<Producer<String, byte[]>> producers = new CopyOnWriteArrayList<>();
  private final MessagingFailure failure = new MessagingFailure();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final ConcurrentLinkedQueue<Runnable> onPoll = new ConcurrentLinkedQueue<>();
  private final Thread thread;
  private volatile boolean running = true;
  private volatile boolean killed;
  private volatile boolean suspended;

  /// What can differ between instances.
  ///
  /// @param kafka client properties besides the brokers
  /// @param beforeCommit runs when all records of a transaction are sent, before its commit
  public record Options(
      DeliveryGuarantee guarantee, Map<String, Object> kafka, Runnable beforeCommit) {
    public static final Options DEFAULT =
        new Options(DeliveryGuarantee.EXACTLY_ONCE, Map.of(), () -> {});

    public Options with(DeliveryGuarantee other) {
      return new Options(other, kafka, beforeCommit);
    }

    public Options with(Map<String, Object> other) {
      return new Options(guarantee, other, beforeCommit);
    }

    public Options beforeCommit(Runnable other) {
      return new Options(guarantee, kafka, other);
    }
  }

  public MessagingInstance(
      String bootstrapServers,
      TopicNames names,
      Options options,
      Function<CommitSink, Intake> analysis) {
    Map<String, Object> kafka = new HashMap<>(options.kafka());
    kafka.put("bootstrap.servers", bootstrapServers);
    Topics.ensure(kafka, names);
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.put("group.id", GROUP);
    properties.put("enable.auto.commit", false);
    properties.put("auto.offset.reset", "earliest");
    properties.put("max.poll.records", 1);
    properties.put("isolation.level", "read_committed");
    if (!kafka.containsKey("group.protocol")) {
      properties.put("heartbeat.interval.ms", 200);
    }
    consumer =
        new KafkaConsumer<>(
            RebalanceProtocol.cooperative(properties),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    MessagingMetrics metrics = new MessagingMetrics(registry);
    WriteUnitRecords records =
        new WriteUnitRecords(new ResultEnvelope(names, URI.create("/test")), names, offsets);
    delivery =
        switch (options.guarantee()) {
          case EXACTLY_ONCE ->
              new ExactlyOnce(
                  partition ->
                      hooked(
                          register(CommitProducers.transactional(kafka, GROUP, partition)),
                          options.beforeCommit()),
                  GROUP,
                  records,
                  offsets,
                  new RetryPolicy(Duration.ofMillis(100), Duration.ofMinutes(1)),
                  Executors.newVirtualThreadPerTaskExecutor(),
                  failure,
                  metrics);
          case AT_LEAST_ONCE ->
              new AtLeastOnce(
                  register(CommitProducers.idempotent(kafka)),
                  records,
                  offsets,
                  this::commit,
                  Executors.newVirtualThreadPerTaskExecutor());
        };
    KafkaCommitSink sink = new KafkaCommitSink(delivery, offsets, failure, metrics);
    CommitSink guarded = commit -> killed ? new CompletableFuture<>() : sink.commit(commit);
    feed =
        new ChunkFeed(
            new ChunkEnvelope(1 << 20),
            analysis.apply(guarded),
            StateReader.from(kafka, names.of(Topic.STATE)),
            delivery,
            sink,
            offsets,
            failure,
            metrics);
    thread =
        Thread.ofPlatform().name("messaging-instance").start(() -> poll(names.of(Topic.CHUNKS)));
  }

  public MessagingFailure failure() {
    return failure;
  }

  public ChunkOffsets offsets() {
    return offsets;
  }

  /// Number of partitions on which it was fenced.
  public int fenced() {
    return (int) registry.get("chronoscope.partitions.fenced").counter().count();
  }

  private Producer<String, byte[]> register(Producer<String, byte[]> producer) {
    producers.add(producer);
    return producer;
  }

  /// A producer that runs `beforeCommit` between sending and committing.
  @SuppressWarnings("unchecked")
  private static Producer<String, byte[]> hooked(
      Producer<String, byte[]> producer, Runnable beforeCommit) {
    return (Producer<String, byte[]>)
        Proxy.newProxyInstance(
            MessagingInstance.class.getClassLoader(),
            new Class<?>[] {Producer.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("commitTransaction")) {
                producer.flush();
                beforeCommit.run();
              }
              try {
                return method.invoke(producer, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /// Stops polling, like a process that is suspended; records that were read are still processed.
  public void suspend() {
    suspended = true;
  }

  /// Polls again after [#suspend()].
  public void resume() {
    suspended = false;
  }

  private void poll(String topic) {
    consumer.subscribe(Set.of(topic), new Rebalance());
    CompletableFuture<Void> room = CompletableFuture.completedFuture(null);
    ConcurrentLinkedQueue<ConsumerRecord<byte[], byte[]>> waiting = new ConcurrentLinkedQueue<>();
    while (running) {
      if (suspended) {
        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        continue;
      }
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
            feed.consume(waiting.poll(), consumer.groupMetadata().generationId())
                .toCompletableFuture();
      }
    }
    consumer.close();
  }

  private CompletionStage<Void> commit(Map<TopicPartition, OffsetAndMetadata> commit) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    if (killed) {
      return done;
    }
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

  /// Stops without leaving the group; records that were sent but not committed stay uncommitted.
  public void kill() throws InterruptedException {
    killed = true;
    producers.forEach(producer -> producer.close(Duration.ZERO));
    running = false;
    thread.join();
  }

  /// Leaves the group.
  @Override
  public void close() throws InterruptedException {
    running = false;
    thread.join();
    delivery.close();
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
