package io.chronoscope.web;

import io.chronoscope.client.ChunkPublisher;
import io.chronoscope.client.QuestionPublisher;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.service.KafkaBeans;
import io.chronoscope.web.problem.ProblemException;
import io.chronoscope.web.problem.Reason;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// What writes to the input topics, opened when it is first needed.
@ApplicationScoped
class Publishers {

  private final ChronoscopeConfig settings;
  private final Map<String, Object> kafka;
  private final TopicNames names;
  private @Nullable ChunkPublisher chunks;
  private @Nullable QuestionPublisher questions;

  Publishers(
      ChronoscopeConfig settings,
      @Identifier(KafkaBeans.CLIENT) Map<String, Object> kafka,
      TopicNames names) {
    this.settings = settings;
    this.kafka = kafka;
    this.names = names;
  }

  synchronized ChunkPublisher chunks() {
    if (chunks == null) {
      chunks =
          new ChunkPublisher(kafka, names.of(Topic.CHUNKS), LayerSettings.source(settings, "http"));
    }
    return chunks;
  }

  synchronized QuestionPublisher questions() {
    if (questions == null) {
      questions = new QuestionPublisher(kafka, names.of(Topic.QUESTIONS));
    }
    return questions;
  }

  /// Waits until the brokers have a record.
  ///
  /// @throws ProblemException BUSY when they do not take it
  static <T> T acknowledged(CompletionStage<T> sending) {
    try {
      return sending.toCompletableFuture().join();
    } catch (CompletionException e) {
      throw ProblemException.later(
          Reason.BUSY,
          "the brokers did not take the record: " + e.getCause(),
          Duration.ofSeconds(5));
    }
  }

  @PreDestroy
  synchronized void close() {
    if (chunks != null) {
      chunks.close();
    }
    if (questions != null) {
      questions.close();
    }
  }
}
