package io.chronoscope.service;

import io.chronoscope.analysis.ChunkArchive;
import io.chronoscope.analysis.StreamStarts;
import io.chronoscope.client.RetainedChunks;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.messaging.MessagingMetrics;
import io.chronoscope.messaging.chunk.StateReader;
import io.chronoscope.messaging.chunk.StateStreamStarts;
import io.chronoscope.messaging.question.QuestionConsumer;
import io.chronoscope.wire.ChunkEnvelope;
import io.chronoscope.wire.ResultEnvelope;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Map;

/// Questions and what answering them needs of Kafka. [ServiceLifecycle] opens the consumer once the
/// model is loaded.
@ApplicationScoped
class QuestionBeans {

  @Produces
  @Singleton
  ChunkArchive archive(
      ChronoscopeConfig settings,
      @Identifier(KafkaBeans.CLIENT) Map<String, Object> kafka,
      TopicNames names,
      ChunkEnvelope envelope) {
    return new RetainedChunks(
        kafka, names.of(Topic.CHUNKS), envelope, settings.questions().maxReadBytes().asLongValue());
  }

  @Produces
  @Singleton
  StreamStarts starts(StateReader states) {
    return new StateStreamStarts(states);
  }

  @Produces
  @Singleton
  QuestionConsumer consumer(
      ChronoscopeConfig settings,
      @Identifier(KafkaBeans.CLIENT) Map<String, Object> kafka,
      TopicNames names,
      MessagingMetrics metrics) {
    return new QuestionConsumer(
        kafka,
        new ResultEnvelope(names, settings.kafka().source()),
        names,
        new QuestionConsumer.Settings(
            settings.kafka().group(),
            settings.questions().concurrency(),
            settings.kafka().delivery()),
        metrics);
  }

  void close(@Disposes QuestionConsumer consumer) {
    consumer.close();
  }
}
