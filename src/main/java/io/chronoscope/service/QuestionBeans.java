package io.chronoscope.service;

import io.chronoscope.analysis.ChunkArchive;
import io.chronoscope.analysis.StreamStarts;
import io.chronoscope.client.RetainedChunks;
import io.chronoscope.messaging.DeliveryGuarantee;
import io.chronoscope.messaging.chunk.StateReader;
import io.chronoscope.messaging.chunk.StateStreamStarts;
import io.chronoscope.messaging.delivery.MessagingMetrics;
import io.chronoscope.messaging.question.QuestionConsumer;
import io.chronoscope.wire.ChunkEnvelope;
import io.chronoscope.wire.ResultEnvelope;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/// Builds the questions' edge from the configuration. Nothing is taken before the desk is opened.
@ApplicationScoped
class QuestionBeans {

  private static final URI SOURCE = URI.create("/chronoscope");

  @Produces
  @Singleton
  ChunkArchive archive(
      @Identifier("default-kafka-broker") Map<String, Object> kafka,
      TopicNames names,
      @ConfigProperty(name = "chronoscope.kafka.max-chunk-bytes", defaultValue = "64M")
          MemorySize maxChunkBytes,
      @ConfigProperty(name = "chronoscope.questions.max-read", defaultValue = "4G")
          MemorySize maxRead) {
    return new RetainedChunks(
        kafka,
        names.of(Topic.CHUNKS),
        new ChunkEnvelope(Math.toIntExact(maxChunkBytes.asLongValue())),
        maxRead.asLongValue());
  }

  @Produces
  @Singleton
  StreamStarts starts(
      @Identifier("default-kafka-broker") Map<String, Object> kafka, TopicNames names) {
    return new StateStreamStarts(StateReader.from(kafka, names.of(Topic.STATE)));
  }

  @Produces
  @Singleton
  QuestionConsumer desk(
      @Identifier("default-kafka-broker") Map<String, Object> kafka,
      TopicNames names,
      @ConfigProperty(name = "chronoscope.kafka.group", defaultValue = "chronoscope") String group,
      @ConfigProperty(name = "chronoscope.questions.at-once", defaultValue = "1") int atOnce,
      @ConfigProperty(name = "chronoscope.kafka.delivery", defaultValue = "exactly-once")
          DeliveryGuarantee delivery,
      MessagingMetrics metrics) {
    return new QuestionConsumer(
        kafka,
        new ResultEnvelope(names, SOURCE),
        names,
        new QuestionConsumer.Settings(group + "-questions", atOnce, delivery),
        metrics);
  }

  void close(@Disposes QuestionConsumer desk) {
    desk.close();
  }
}
