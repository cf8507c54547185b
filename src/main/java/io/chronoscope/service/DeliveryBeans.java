package io.chronoscope.service;

import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.messaging.MessagingMetrics;
import io.chronoscope.messaging.delivery.AtLeastOnce;
import io.chronoscope.messaging.delivery.ChunkOffsets;
import io.chronoscope.messaging.delivery.CommitProducers;
import io.chronoscope.messaging.delivery.Delivery;
import io.chronoscope.messaging.delivery.ExactlyOnce;
import io.chronoscope.messaging.delivery.KafkaCommitSink;
import io.chronoscope.messaging.delivery.MessagingFailure;
import io.chronoscope.messaging.delivery.PartitionTransactions.RetryPolicy;
import io.chronoscope.messaging.delivery.WriteUnitRecords;
import io.chronoscope.tracing.StreamTraces;
import io.chronoscope.wire.ResultEnvelope;
import io.chronoscope.wire.TopicNames;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/// Commits of the analysis, written with the configured delivery guarantee.
@ApplicationScoped
class DeliveryBeans {

  @Produces
  @Singleton
  MessagingFailure failure() {
    return new MessagingFailure();
  }

  @Produces
  @Singleton
  ChunkOffsets offsets(MessagingMetrics metrics) {
    ChunkOffsets offsets = new ChunkOffsets();
    metrics.watchOutstanding(offsets::outstanding);
    return offsets;
  }

  @Produces
  @Singleton
  Delivery delivery(
      ChronoscopeConfig settings,
      @Identifier(KafkaBeans.CLIENT) Map<String, Object> kafka,
      TopicNames names,
      KafkaClientService clients,
      ChunkOffsets offsets,
      StreamTraces traces,
      MessagingFailure failure,
      MessagingMetrics metrics) {
    String group = settings.kafka().group();
    ResultEnvelope envelope =
        new ResultEnvelope(
            names,
            settings.kafka().source(),
            (result, headers) -> traces.addTo(headers, result.stream()));
    WriteUnitRecords records = new WriteUnitRecords(envelope, names, offsets);
    Executor executor = Executors.newVirtualThreadPerTaskExecutor();
    return switch (settings.kafka().delivery()) {
      case EXACTLY_ONCE ->
          new ExactlyOnce(
              partition -> CommitProducers.transactional(kafka, group, partition),
              group,
              records,
              offsets,
              RetryPolicy.USUAL,
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
}
