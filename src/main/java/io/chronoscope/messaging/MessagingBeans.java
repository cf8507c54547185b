package io.chronoscope.messaging;

import io.chronoscope.analysis.Intake;
import io.chronoscope.client.Topics;
import io.chronoscope.record.ChunkEnvelope;
import io.chronoscope.record.ResultEnvelope;
import io.chronoscope.record.TopicNames;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import io.smallrye.reactive.messaging.kafka.KafkaConsumer;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/// Builds the edge from the configuration. Needs an [Intake]; provides a [StepSink].
@ApplicationScoped
class MessagingBeans {

  /// Before the channels are connected, so that the topics exist by then.
  private static final int BEFORE_CHANNELS = 100;

  private static final long LAG_EVERY_MS = 2000;
  private static final URI SOURCE = URI.create("/chronoscope");

  private final List<AutoCloseable> closing = new ArrayList<>();

  void createTopics(
      @Observes @Priority(BEFORE_CHANNELS) StartupEvent event,
      @Identifier("default-kafka-broker") Map<String, Object> kafka,
      TopicNames names,
      @ConfigProperty(name = "chronoscope.topics.create", defaultValue = "true") boolean create) {
    if (create) {
      Topics.ensure(kafka, names);
    }
  }

  void watchLag(
      @Observes StartupEvent event,
      @Identifier("default-kafka-broker") Map<String, Object> kafka,
      KafkaStepSink sink,
      MessagingMetrics metrics) {
    Admin admin = Admin.create(kafka);
    closing.add(admin);
    ScheduledExecutorService scheduler =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("lag-watch").daemon().factory());
    closing.add(scheduler::shutdownNow);
    var unused =
        scheduler.scheduleWithFixedDelay(
            new LagWatch(admin, sink.offsets(), metrics), 0, LAG_EVERY_MS, TimeUnit.MILLISECONDS);
  }

  void close(@Observes ShutdownEvent event) throws Exception {
    for (AutoCloseable resource : closing.reversed()) {
      resource.close();
    }
  }

  @Produces
  @Singleton
  TopicNames topicNames(
      @ConfigProperty(name = "chronoscope.topics.chunks", defaultValue = "video.chunks")
          String chunks,
      @ConfigProperty(name = "chronoscope.topics.events", defaultValue = "video.events")
          String events,
      @ConfigProperty(name = "chronoscope.topics.summaries", defaultValue = "video.summaries")
          String summaries,
      @ConfigProperty(name = "chronoscope.topics.dead-letters", defaultValue = "video.chunks.dlq")
          String deadLetters,
      @ConfigProperty(name = "chronoscope.topics.state", defaultValue = "video.state")
          String state) {
    return new TopicNames(chunks, events, summaries, deadLetters, state);
  }

  @Produces
  @Singleton
  MessagingFailure failure() {
    return new MessagingFailure();
  }

  @Produces
  @Singleton
  MessagingMetrics metrics(MeterRegistry registry) {
    return new MessagingMetrics(registry);
  }

  @Produces
  @Singleton
  Producer<String, byte[]> producer(@Identifier("default-kafka-broker") Map<String, Object> kafka) {
    Map<String, Object> properties = new HashMap<>();
    // Long enough to sit out a broker's restart.
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 300_000);
    properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 16 * 1024 * 1024);
    properties.putAll(kafka);
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    return new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
  }

  void close(@Disposes Producer<String, byte[]> producer) {
    producer.close();
  }

  @Produces
  @Singleton
  KafkaStepSink sink(
      Producer<String, byte[]> producer,
      TopicNames names,
      KafkaClientService clients,
      MessagingFailure failure,
      MessagingMetrics metrics) {
    return new KafkaStepSink(
        producer,
        new ResultEnvelope(names, SOURCE),
        names,
        offsets -> commit(clients, offsets),
        Executors.newVirtualThreadPerTaskExecutor(),
        failure,
        metrics);
  }

  @Produces
  @Singleton
  ChunkFeed feed(
      Intake intake,
      KafkaStepSink sink,
      TopicNames names,
      @Identifier("default-kafka-broker") Map<String, Object> kafka,
      @ConfigProperty(name = "chronoscope.kafka.max-chunk-bytes", defaultValue = "64M")
          MemorySize maxChunkBytes,
      MessagingFailure failure,
      MessagingMetrics metrics) {
    return new ChunkFeed(
        new ChunkEnvelope(Math.toIntExact(maxChunkBytes.asLongValue())),
        intake,
        StateReader.from(kafka, names.state()),
        sink,
        failure,
        metrics);
  }

  private static CompletionStage<Void> commit(
      KafkaClientService clients, Map<TopicPartition, Long> offsets) {
    KafkaConsumer<byte[], byte[]> consumer = clients.getConsumer(ChunkChannel.NAME);
    Map<TopicPartition, OffsetAndMetadata> commit = new HashMap<>();
    offsets.forEach((partition, offset) -> commit.put(partition, new OffsetAndMetadata(offset)));
    return consumer.commitAsync(commit).subscribeAsCompletionStage();
  }
}
