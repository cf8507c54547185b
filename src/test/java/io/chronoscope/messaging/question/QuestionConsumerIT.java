package io.chronoscope.messaging.question;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.broker.EmbeddedBroker;
import io.chronoscope.client.QuestionPublisher;
import io.chronoscope.client.ResultReader;
import io.chronoscope.client.ResultReader.Read;
import io.chronoscope.client.Topics;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Question;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.domain.Result.QuestionAnswer;
import io.chronoscope.messaging.DeliveryGuarantee;
import io.chronoscope.messaging.MessagingMetrics;
import io.chronoscope.wire.ResultEnvelope;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
class QuestionConsumerIT {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final ModelRef MODEL = new ModelRef("none", "1");
  private static final AtomicInteger RUN = new AtomicInteger();

  private static EmbeddedBroker broker;
  private TopicNames names;
  private Map<String, Object> kafka;

  @BeforeAll
  static void startBroker() {
    broker = EmbeddedBroker.start(EmbeddedBroker.Settings.temporary(0));
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void freshTopics() {
    int run = RUN.incrementAndGet();
    names = TopicNames.DEFAULT.renamed(name -> name + run);
    kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
    Topics.ensure(kafka, names);
  }

  private QuestionConsumer consumer(DeliveryGuarantee delivery) {
    return new QuestionConsumer(
        kafka,
        new ResultEnvelope(names, URI.create("/test")),
        names,
        new QuestionConsumer.Settings(names.of(Topic.QUESTIONS) + "-group", 1, delivery),
        new MessagingMetrics(new SimpleMeterRegistry()));
  }

  private static QuestionAnswer nothing(Question question) {
    return new QuestionAnswer(
        question.id(),
        question.stream(),
        question.text(),
        Optional.of(question.from()),
        Optional.of(question.to()),
        Optional.empty(),
        List.of(),
        List.of(),
        MODEL,
        Optional.empty());
  }

  private static Question question(String id) {
    return new Question(id, "cam", "a blue square appears", NOON, NOON.plusSeconds(60));
  }

  private void ask(String... ids) {
    try (QuestionPublisher publisher = new QuestionPublisher(kafka, names.of(Topic.QUESTIONS))) {
      for (String id : ids) {
        publisher.ask(question(id)).toCompletableFuture().join();
      }
    }
  }

  private void send(@Nullable String key, @Nullable String value) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer
          .send(
              new ProducerRecord<>(
                  names.of(Topic.QUESTIONS),
                  1,
                  key == null ? null : key.getBytes(UTF_8),
                  value == null ? null : value.getBytes(UTF_8)))
          .get();
    }
  }

  private List<Result> read(int count) {
    List<Result> results = new ArrayList<>();
    try (ResultReader reader =
        new ResultReader(
            kafka,
            List.of(names.of(Topic.ANSWERS), names.of(Topic.DEAD_LETTERS)),
            ResultReader.From.BEGINNING)) {
      while (results.size() < count) {
        for (Read read : reader.poll(Duration.ofMillis(200))) {
          assertThat(read).isInstanceOf(Read.Published.class);
          results.add(((Read.Published) read).result());
        }
      }
    }
    return results;
  }

  @ParameterizedTest
  @EnumSource
  void answersQuestionsAndRejectsInvalidOnes(DeliveryGuarantee delivery) throws Exception {
    send(
        "bad",
        "{\"stream\":\"cam\",\"question\":\"x\",\"from\":\"soon\",\"to\":\"2026-01-01T12:01:00Z\"}");
    send("text", "when?");
    send(null, "{}");
    send("k".repeat(400_000), "{}");
    send("large", "{\"stream\":\"%s\",\"question\":\"x\"}".formatted("s".repeat(450_000)));
    ask("good");
    Function<Question, QuestionAnswer> answering =
        question -> {
          if (question.id().equals("broken")) {
            throw new IllegalStateException("no luck");
          }
          return nothing(question);
        };
    try (QuestionConsumer consumer = consumer(delivery)) {
      consumer.open(MODEL, answering);
      List<Result> first = read(6);
      ask("broken", "last");

      assertThat(first)
          .filteredOn(DeadLetter.class::isInstance)
          .hasSize(3)
          .allSatisfy(letter ->
              assertThat(((DeadLetter) letter).rejection().reason())
                  .isEqualTo(Rejection.Reason.BAD_QUESTION));
      assertThat(answer("bad", first).problem()).contains("from is not an RFC 3339 time: soon");
      assertThat(answer("large", first).problem()).contains("from is missing");
      assertThat(answer("good", first)).isEqualTo(nothing(question("good")));
      List<Result> all = read(8);
      assertThat(answer("last", all).problem()).isEmpty();
      assertThat(answer("broken", all).problem())
          .hasValueSatisfying(problem -> assertThat(problem).contains("no luck"));
    }
  }

  /// All in one partition, where they would be answered one after the other.
  @Test
  void aStreamWithManyQuestionsDelaysThoseAboutOthersByAFew() throws Exception {
    int many = 60;
    for (int i = 0; i < many; i++) {
      send("hog-" + i, json("hog"));
    }
    send("other", json("cam"));
    List<String> answered = new CopyOnWriteArrayList<>();
    try (QuestionConsumer consumer = consumer(DeliveryGuarantee.EXACTLY_ONCE)) {
      consumer.open(
          MODEL,
          question -> {
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos()); // what an answer takes
            answered.add(question.stream());
            return nothing(question);
          });

      assertThat(read(many + 1)).doesNotHaveDuplicates();
      assertThat(answered.indexOf("cam")).isLessThan(many / 2);
      awaitCommitted(many + 1);
    }
  }

  private static String json(String stream) {
    return """
    {"stream":"%s","question":"a blue square appears","from":"2026-01-01T12:00:00Z",\
    "to":"2026-01-01T12:01:00Z"}\
    """
        .formatted(stream);
  }

  private static QuestionAnswer answer(String id, List<Result> results) {
    return results.stream()
        .filter(QuestionAnswer.class::isInstance)
        .map(QuestionAnswer.class::cast)
        .filter(answer -> answer.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @EnumSource
  void theNextInstanceAnswersAnUnfinishedQuestion(DeliveryGuarantee delivery) throws Exception {
    ask("q1");
    CountDownLatch started = new CountDownLatch(1);
    try (QuestionConsumer first = consumer(delivery)) {
      first.open(
          MODEL,
          question -> {
            started.countDown();
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            return nothing(question);
          });
      started.await();
    }
    try (QuestionConsumer second = consumer(delivery)) {
      second.open(MODEL, QuestionConsumerIT::nothing);
      assertThat(read(1)).containsExactly(nothing(question("q1")));
      awaitCommitted(1);
    }
    ask("q2");
    try (QuestionConsumer third = consumer(delivery)) {
      third.open(MODEL, QuestionConsumerIT::nothing);
      assertThat(read(2))
          .containsExactlyInAnyOrder(nothing(question("q1")), nothing(question("q2")));
    }
  }

  private void awaitCommitted(long offsets) throws Exception {
    try (Admin admin = Admin.create(kafka)) {
      long sum = -1;
      while (sum < offsets) {
        sum =
            admin
                .listConsumerGroupOffsets(names.of(Topic.QUESTIONS) + "-group-questions")
                .partitionsToOffsetAndMetadata()
                .get()
                .values()
                .stream()
                .mapToLong(committed -> committed.offset())
                .sum();
      }
      assertThat(sum).isEqualTo(offsets);
    }
  }
}
