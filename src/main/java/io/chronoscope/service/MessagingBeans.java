package io.chronoscope.service;

import io.chronoscope.analysis.Intake;
import io.chronoscope.client.Topics;
import io.chronoscope.messaging.DeliveryGuarantee;
import io.chronoscope.messaging.chunk.ChunkFeed;
import io.chronoscope.messaging.chunk.LagMonitor;
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
import io.chronoscope.tracing.StreamTraces;
import io.chronoscope.tracing.Tracing;
import io.chronoscope.wire.ChunkEnvelope;
import io.chronoscope.wire.ResultEnvelope;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.eclipse.microprofile.config.Config;
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
      ChunkOffsets offsets,
      MessagingMetrics metrics) {
    Admin admin = Admin.create(kafka);
    closing.add(admin);
    ScheduledExecutorService scheduler =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("lag-watch").daemon().factory());
    closing.add(scheduler::shutdownNow);
    var unused =
        scheduler.scheduleWithFixedDelay(
            new LagMonitor(admin, offsets, metrics), 0, LAG_EVERY_MS, TimeUnit.MILLISECONDS);
  }

  void close(@Observes ShutdownEvent event) throws Exception {
    for (AutoCloseable resource : closing.reversed()) {
      resource.close();
    }
  }

  @Produces
  @Singleton
  TopicNames topicNames(Config config) {
    return TopicNames.of(topic ->
        config.getOptionalValue(topic.setting(), String.class).orElse(topic.defaultName()));
  }

  @Produces
  @Singleton
  Tracing tracing(@ConfigProperty(name = "chronoscope.tracing") Optional<Boolean> wanted) {
    return Tracing.open(wanted, System::getenv);
  }

  void close(@Disposes Tracing tracing) {
    tracing.close();
  }

  @Produces
  @Singleton
  StreamTraces traces(Tracing tracing) {
    return new StreamTraces(tracing);
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
  ChunkOffsets offsets(MessagingMetrics metrics) {
    ChunkOffsets offsets = new ChunkOffsets();
    metrics.watch(offsets);
    return offsets;
  }

  @Produces
  @Singleton
  Delivery delivery(
      @ConfigProperty(name = "chronoscope.kafka.delivery", defaultValue = "exactly-once")
          DeliveryGuarantee guarantee,
      @ConfigProperty(name = "chronoscope.kafka.group", defaultValue = "chronoscope") String group,
      @Identifier("default-kafka-broker") Map<String, Object> kafka,
      TopicNames names,
      KafkaClientService clients,
      ChunkOffsets offsets,
      StreamTraces traces,
      MessagingFailure failure,
      MessagingMetrics metrics) {
    ResultEnvelope envelope =
        new ResultEnvelope(
            names, SOURCE, (result, headers) -> traces.addTo(headers, result.stream()));
    WriteUnitRecords records = new WriteUnitRecords(envelope, names, offsets);
    Executor executor = Executors.newVirtualThreadPerTaskExecutor();
    return switch (guarantee) {
      case EXACTLY_ONCE ->
          new ExactlyOnce(
              partition -> CommitProducers.transactional(kafka, group, partition),
              group,
              records,
              offsets,
              new Patience(CommitProducers.PAUSE, CommitProducers.GIVE_UP_AFTER),
              executor,
              failure,
              metrics);
      case AT_LEAST_ONCE ->
          new AtLeastOnce(
              CommitProducers.idempotent(kafka),
              records,
              offsets,
              due ->
                  clients
                      .getConsumer(ChunkChannel.NAME)
                      .commitAsync(due)
                      .subscribeAsCompletionStage(),
              executor);
    };
  }

  void close(@Disposes Delivery delivery) {
    delivery.close();
  }

  @Produces
  @Singleton
  KafkaCommitSink sink(
      Delivery delivery, ChunkOffsets offsets, MessagingFailure failure, MessagingMetrics metrics) {
    return new KafkaCommitSink(delivery, offsets, failure, metrics);
  }

  @Produces
  @Singleton
  ChunkFeed feed(
      Intake intake,
      Delivery delivery,
      KafkaCommitSink sink,
      ChunkOffsets offsets,
      TopicNames names,
      @Identifier("default-kafka-broker") Map<String, Object> kafka,
      @ConfigProperty(name = "chronoscope.kafka.max-chunk-bytes", defaultValue = "64M")
          MemorySize maxChunkBytes,
      MessagingFailure failure,
      MessagingMetrics metrics) {
    return new ChunkFeed(
        new ChunkEnvelope(Math.toIntExact(maxChunkBytes.asLongValue())),
        intake,
        StateReader.from(kafka, names.of(Topic.STATE)),
        delivery,
        sink,
        offsets,
        failure,
        metrics);
  }
}
