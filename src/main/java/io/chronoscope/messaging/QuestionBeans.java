package io.chronoscope.messaging;

import io.chronoscope.analysis.ChunkArchive;
import io.chronoscope.analysis.StreamStarts;
import io.chronoscope.client.RetainedChunks;
import io.chronoscope.record.ChunkEnvelope;
import io.chronoscope.record.ResultEnvelope;
import io.chronoscope.record.TopicNames;
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
        names.chunks(),
        new ChunkEnvelope(Math.toIntExact(maxChunkBytes.asLongValue())),
        maxRead.asLongValue());
  }

  @Produces
  @Singleton
  StreamStarts starts(
      @Identifier("default-kafka-broker") Map<String, Object> kafka, TopicNames names) {
    return new KeptStarts(StateReader.from(kafka, names.state()));
  }

  @Produces
  @Singleton
  QuestionDesk desk(
      @Identifier("default-kafka-broker") Map<String, Object> kafka,
      TopicNames names,
      @ConfigProperty(name = "chronoscope.kafka.group", defaultValue = "chronoscope") String group,
      @ConfigProperty(name = "chronoscope.questions.at-once", defaultValue = "1") int atOnce,
      @ConfigProperty(name = "chronoscope.kafka.delivery", defaultValue = "exactly-once")
          DeliveryGuarantee delivery,
      MessagingMetrics metrics) {
    return new QuestionDesk(
        kafka,
        new ResultEnvelope(names, SOURCE),
        names,
        new QuestionDesk.Settings(group + "-questions", atOnce, delivery),
        metrics);
  }

  void close(@Disposes QuestionDesk desk) {
    desk.close();
  }
}
