package io.chronoscope.messaging.question;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.ReferencedMedia;
import io.chronoscope.analysis.WindowPlan;
import io.chronoscope.analysis.question.QuestionAnswerer;
import io.chronoscope.analysis.question.QuestionLimits;
import io.chronoscope.analysis.window.WindowTools;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.broker.EmbeddedBroker;
import io.chronoscope.client.ChunkPublisher;
import io.chronoscope.client.QuestionPublisher;
import io.chronoscope.client.ResultReader;
import io.chronoscope.client.ResultReader.Read;
import io.chronoscope.client.RetainedChunks;
import io.chronoscope.client.Topics;
import io.chronoscope.domain.Question;
import io.chronoscope.domain.Result.QuestionAnswer;
import io.chronoscope.messaging.DeliveryGuarantee;
import io.chronoscope.messaging.MessagingMetrics;
import io.chronoscope.messaging.chunk.StateReader;
import io.chronoscope.messaging.chunk.StateStreamStarts;
import io.chronoscope.testing.BatchedModels;
import io.chronoscope.testing.LampModel;
import io.chronoscope.testing.LampVideo;
import io.chronoscope.wire.ChunkEnvelope;
import io.chronoscope.wire.ResultEnvelope;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// From the record of a question to the record of its answer, with real topics and chunks.
@Timeout(120)
class QuestionsOverKafkaIT {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final TopicNames NAMES = TopicNames.DEFAULT;

  private static EmbeddedBroker broker;
  private static Map<String, Object> kafka;
  private static BatchedModel model;
  private static QuestionConsumer consumer;

  @BeforeAll
  static void start() {
    broker = EmbeddedBroker.start(EmbeddedBroker.Settings.temporary(0));
    kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
    Topics.ensure(kafka, NAMES);
    LampVideo.Script script = new LampVideo.Script(4).on('a', 5, 13);
    try (ChunkPublisher publisher =
        new ChunkPublisher(kafka, NAMES.of(Topic.CHUNKS), URI.create("/test"))) {
      for (int i = 0; i < 5; i++) {
        ByteBuffer media = script.chunk(4 * i, 4 * i + 4);
        byte[] bytes = new byte[media.remaining()];
        media.get(bytes);
        publisher
            .publish(
                "cam", i, NOON.plusSeconds(4L * i), Duration.ofSeconds(4), "video/flash", bytes)
            .toCompletableFuture()
            .join();
      }
    }
    model = BatchedModels.of(new LampModel());
    AnalysisSettings settings =
        LampModel.settings(
            new WindowPlan(Duration.ofSeconds(10), Duration.ofSeconds(2)), Duration.ofMinutes(10));
    QuestionAnswerer answerer =
        new QuestionAnswerer(
            settings,
            new QuestionLimits(Duration.ofHours(1), 0.5),
            new WindowTools(
                new LampVideo(),
                ReferencedMedia.NONE,
                model,
                BatchedModels.cache(model),
                AnalysisListener.SILENT,
                InstantSource.fixed(NOON.plusSeconds(3600))),
            new RetainedChunks(kafka, NAMES.of(Topic.CHUNKS), new ChunkEnvelope(1 << 20), 1 << 20),
            new StateStreamStarts(StateReader.from(kafka, NAMES.of(Topic.STATE))));
    consumer =
        new QuestionConsumer(
            kafka,
            new ResultEnvelope(NAMES, URI.create("/test")),
            NAMES,
            new QuestionConsumer.Settings("chronoscope", 1, DeliveryGuarantee.EXACTLY_ONCE),
            new MessagingMetrics(new SimpleMeterRegistry()));
    consumer.open(answerer.model(), answerer::answer);
  }

  @AfterAll
  static void stop() {
    consumer.close();
    model.close();
    broker.close();
  }

  private static QuestionAnswer ask(String id, String stream, Instant from, Instant to) {
    try (QuestionPublisher publisher = new QuestionPublisher(kafka, NAMES.of(Topic.QUESTIONS))) {
      publisher
          .ask(new Question(id, stream, "When is Lamp-aaa on?", from, to))
          .toCompletableFuture()
          .join();
    }
    return answer(id);
  }

  private static QuestionAnswer answer(String id) {
    try (ResultReader reader =
        new ResultReader(kafka, List.of(NAMES.of(Topic.ANSWERS)), ResultReader.From.BEGINNING)) {
      while (true) {
        for (Read read : reader.poll(Duration.ofMillis(200))) {
          if (read instanceof Read.Published published
              && published.result() instanceof QuestionAnswer answer
              && answer.id().equals(id)) {
            return answer;
          }
        }
      }
    }
  }

  @Test
  void answersFromRetainedChunks() {
    QuestionAnswer answer = ask("there", "cam", NOON, NOON.plusSeconds(20));

    assertThat(answer.problem()).isEmpty();
    assertThat(answer.notSeen()).isEmpty();
    assertThat(answer.spans()).hasSize(1);
    QuestionAnswer.Span span = answer.spans().getFirst();
    assertThat(span.start()).isEqualTo(NOON.plusSeconds(5));
    assertThat(span.end()).isEqualTo(NOON.plusSeconds(13));
    assertThat(span.chunks()).extracting(chunk -> chunk.offset()).containsExactly(1L, 2L, 3L);
  }

  @Test
  void reportsAnUnknownStream() {
    assertThat(ask("nobody", "nobody", NOON, NOON.plusSeconds(20)).problem())
        .contains("stream nobody is unknown: no chunk of it is there");
  }

  @Test
  void reportsARangeInTheFuture() {
    Instant later = NOON.plusSeconds(7200);

    assertThat(ask("later", "cam", later, later.plusSeconds(20)).problem())
        .hasValueSatisfying(problem -> assertThat(problem).contains("is in the future"));
  }

  @Test
  void namesTheInvalidField() throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer
          .send(
              new ProducerRecord<>(
                  NAMES.of(Topic.QUESTIONS),
                  "wrong".getBytes(UTF_8),
                  "{\"stream\":\"cam\",\"question\":\"x\",\"to\":1}".getBytes(UTF_8)))
          .get();
    }

    assertThat(answer("wrong").problem()).contains("from is missing");
  }
}
