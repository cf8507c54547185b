package io.chronoscope.testing;

import io.chronoscope.analysis.CommitSink;
import io.chronoscope.analysis.Intake;
import io.chronoscope.client.Topics;
import io.chronoscope.messaging.DeliveryGuarantee;
import io.chronoscope.messaging.chunk.ChunkFeed;
import io.chronoscope.messaging.chunk.StateReader;
import io.chronoscope.messaging.delivery.AtLeastOnce;
import io.chronoscope.messaging.delivery.ChunkOffsets;
import io.chronoscope.messaging.delivery.CommitProducers;
import io.chronoscope.messaging.delivery.Delivery;
import io.chronoscope.messaging.delivery.ExactlyOnce;
import io.chronoscope.messaging.delivery.KafkaCommitSink;
import io.chronoscope.messaging.delivery.MessagingFailure;
import io.chronoscope.messaging.delivery.MessagingMetrics;
import io.chronoscope.messaging.delivery.PartitionTransactions.Patience;
import io.chronoscope.messaging.delivery.WriteUnitRecords;
import io.chronoscope.service.ConsumerSetup;
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

/// An instance of the edge without its container: the same feed and sink, polled by a thread of its
/// own. It can be killed: from one moment to the next it polls, writes and commits no more.
public final class FeedHarness implements AutoCloseable {

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
  private volatile boolean standing;

  /// What can be different about an instance.
  ///
  /// @param kafka client properties beside the brokers
  /// @param beforeCommit what happens when everything of a transaction is sent
  public record Kind(
      DeliveryGuarantee guarantee, Map<String, Object> kafka, Runnable beforeCommit) {
    public static final Kind USUAL = new Kind(DeliveryGuarantee.EXACTLY_ONCE, Map.of(), () -> {});

    public Kind with(DeliveryGuarantee other) {
      return new Kind(other, kafka, beforeCommit);
    }

    public Kind with(Map<String, Object> other) {
      return new Kind(guarantee, other, beforeCommit);
    }

    public Kind beforeCommit(Runnable other) {
      return new Kind(guarantee, kafka, other);
    }
  }

  public FeedHarness(
      String bootstrapServers, TopicNames names, Kind kind, Function<CommitSink, Intake> analysis) {
    Map<String, Object> kafka = new HashMap<>(kind.kafka());
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
            ConsumerSetup.rebalancing(properties),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    MessagingMetrics metrics = new MessagingMetrics(registry);
    WriteUnitRecords records =
        new WriteUnitRecords(new ResultEnvelope(names, URI.create("/test")), names, offsets);
    delivery =
        switch (kind.guarantee()) {
          case EXACTLY_ONCE ->
              new ExactlyOnce(
                  partition ->
                      stopping(
                          kept(CommitProducers.transactional(kafka, GROUP, partition)),
                          kind.beforeCommit()),
                  GROUP,
                  records,
                  offsets,
                  new Patience(Duration.ofMillis(100), Duration.ofMinutes(1)),
                  Executors.newVirtualThreadPerTaskExecutor(),
                  failure,
                  metrics);
          case AT_LEAST_ONCE ->
              new AtLeastOnce(
                  kept(CommitProducers.idempotent(kafka)),
                  records,
                  offsets,
                  this::commit,
                  Executors.newVirtualThreadPerTaskExecutor());
        };
    KafkaCommitSink sink = new KafkaCommitSink(delivery, offsets, failure, metrics);
    CommitSink guarded = step -> killed ? new CompletableFuture<>() : sink.commit(step);
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
    thread = Thread.ofPlatform().name("harness").start(() -> poll(names.of(Topic.CHUNKS)));
  }

  public MessagingFailure failure() {
    return failure;
  }

  public ChunkOffsets offsets() {
    return offsets;
  }

  /// Of how many partitions it learned that somebody else writes for them.
  public int fenced() {
    return (int) registry.get("chronoscope.partitions.fenced").counter().count();
  }

  private Producer<String, byte[]> kept(Producer<String, byte[]> producer) {
    producers.add(producer);
    return producer;
  }

  /// A producer that does something else between sending and committing.
  @SuppressWarnings("unchecked")
  private static Producer<String, byte[]> stopping(
      Producer<String, byte[]> producer, Runnable beforeCommit) {
    return (Producer<String, byte[]>)
        Proxy.newProxyInstance(
            FeedHarness.class.getClassLoader(),
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

  /// Polls no more until it is told to, like a process that stands still for a while; what it has
  /// read, it goes on with.
  public void standStill(boolean stand) {
    standing = stand;
  }

  private void poll(String topic) {
    consumer.subscribe(Set.of(topic), new Rebalance());
    CompletableFuture<Void> room = CompletableFuture.completedFuture(null);
    ConcurrentLinkedQueue<ConsumerRecord<byte[], byte[]>> waiting = new ConcurrentLinkedQueue<>();
    while (running) {
      if (standing) {
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
            feed.take(waiting.poll(), consumer.groupMetadata().generationId())
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

  /// Ends without a word to anybody: what was sent but not committed stays behind as it is.
  public void kill() throws InterruptedException {
    killed = true;
    producers.forEach(producer -> producer.close(Duration.ZERO));
    running = false;
    thread.join();
  }

  /// Leaves the group in good order.
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
