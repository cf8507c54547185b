package io.chronoscope.messaging.question;

import io.chronoscope.client.ConsumerSettings;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Question;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.domain.Result.QuestionAnswer;
import io.chronoscope.messaging.DeliveryGuarantee;
import io.chronoscope.messaging.delivery.MessagingMetrics;
import io.chronoscope.wire.QuestionRecord;
import io.chronoscope.wire.ReceivedQuestion;
import io.chronoscope.wire.RejectedRecord;
import io.chronoscope.wire.ResultEnvelope;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes questions from their topic, has them answered, and publishes each answer together with the
/// question's offset. Instances share the partitions through a consumer group of their own; a
/// question that was being answered when its instance went is answered again by another one, under
/// the same id. All that concerns Kafka happens on one thread; answering on others, a few at once.
public final class QuestionConsumer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(QuestionConsumer.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration BEFORE_ANOTHER_TRY = Duration.ofSeconds(1);
  private static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(30);

  /// How the desk works.
  ///
  /// @param group the questions' own consumer group
  /// @param atOnce how many questions this instance answers at the same time
  /// @param delivery whether answer and offset go in one transaction, or one after the other
  public record Settings(String group, int atOnce, DeliveryGuarantee delivery) {

    public Settings {
      if (atOnce <= 0) {
        throw new IllegalArgumentException(atOnce + " questions at once");
      }
    }
  }

  private static final class Task {
    final ConsumerRecord<byte[], byte[]> record;
    @Nullable Future<Result> result;

    Task(ConsumerRecord<byte[], byte[]> record) {
      this.record = record;
    }
  }

  private final Map<String, Object> kafka;
  private final ResultEnvelope envelope;
  private final TopicNames names;
  private final Settings settings;
  private final MessagingMetrics metrics;
  private final Map<TopicPartition, Task> tasks = new HashMap<>();
  private @Nullable Producer<String, byte[]> producer;
  private volatile boolean running;
  private @Nullable Thread thread;

  /// @param kafka client properties, at least `bootstrap.servers`
  public QuestionConsumer(
      Map<String, Object> kafka,
      ResultEnvelope envelope,
      TopicNames names,
      Settings settings,
      MessagingMetrics metrics) {
    this.kafka = kafka;
    this.envelope = envelope;
    this.names = names;
    this.settings = settings;
    this.metrics = metrics;
  }

  /// Begins to take questions. To be called once.
  ///
  /// @param model which answers
  public synchronized void open(ModelRef model, Function<Question, QuestionAnswer> answering) {
    running = true;
    thread =
        Thread.ofPlatform()
            .name("questions")
            .daemon()
            .start(() -> {
              while (running) {
                try {
                  work(model, answering);
                } catch (KafkaException e) {
                  LOG.warn("questions are not taken for the moment: {}", e.toString());
                  pause();
                } catch (RuntimeException e) {
                  LOG.error("questions are not taken for the moment", e);
                  pause();
                }
              }
            });
  }

  private static void pause() {
    try {
      Thread.sleep(BEFORE_ANOTHER_TRY);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void work(ModelRef model, Function<Question, QuestionAnswer> answering) {
    try (Consumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(
                consuming(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        ExecutorService workers =
            Executors.newFixedThreadPool(
                settings.atOnce(), Thread.ofPlatform().name("question-", 0).daemon().factory())) {
      try {
        consumer.subscribe(Set.of(names.of(Topic.QUESTIONS)), new Rebalance());
        while (running) {
          for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
            tasks.put(new TopicPartition(record.topic(), record.partition()), new Task(record));
          }
          begin(workers, model, answering);
          finish(consumer);
          consumer.pause(tasks.keySet());
          consumer.resume(
              consumer.assignment().stream().filter(p -> !tasks.containsKey(p)).toList());
        }
      } catch (WakeupException e) {
        running = false;
      } finally {
        tasks.clear();
        workers.shutdownNow();
        closeProducer();
      }
    }
  }

  private void begin(
      ExecutorService workers, ModelRef model, Function<Question, QuestionAnswer> answering) {
    long working = tasks.values().stream().filter(task -> task.result != null).count();
    for (Task task : tasks.values()) {
      if (task.result == null && working < settings.atOnce()) {
        task.result = workers.submit(() -> result(task.record, model, answering));
        working++;
      }
    }
  }

  private static Result result(
      ConsumerRecord<byte[], byte[]> record,
      ModelRef model,
      Function<Question, QuestionAnswer> answering) {
    return switch (QuestionRecord.read(record)) {
      case ReceivedQuestion.Unreadable none ->
          new DeadLetter(none.partition(), none.at(), none.rejection());
      case ReceivedQuestion.Invalid wrong ->
          problem(
              wrong.id(),
              wrong.stream(),
              wrong.text(),
              wrong.from(),
              wrong.to(),
              wrong.problem(),
              model);
      case ReceivedQuestion.Valid(Question question) -> answer(question, model, answering);
    };
  }

  /// A question that cannot be answered because something failed is not asked for ever.
  private static QuestionAnswer answer(
      Question question, ModelRef model, Function<Question, QuestionAnswer> answering) {
    try {
      return answering.apply(question);
    } catch (CancellationException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.warn("question {} about stream {} failed", question.id(), question.stream(), e);
      return problem(
          question.id(),
          question.stream(),
          question.text(),
          Optional.of(question.from()),
          Optional.of(question.to()),
          "the question could not be answered: " + e,
          model);
    }
  }

  private static QuestionAnswer problem(
      String id,
      String stream,
      String text,
      Optional<Instant> from,
      Optional<Instant> to,
      String problem,
      ModelRef model) {
    return new QuestionAnswer(
        id,
        stream,
        text,
        from,
        to,
        Optional.of(Rejection.cut(problem)),
        List.of(),
        List.of(),
        model,
        Optional.empty());
  }

  private void finish(Consumer<byte[], byte[]> consumer) {
    for (TopicPartition partition : List.copyOf(tasks.keySet())) {
      Task task = tasks.get(partition);
      Future<Result> result = task == null ? null : task.result;
      if (task == null || result == null || !result.isDone()) {
        continue;
      }
      try {
        publish(consumer, partition, task.record, result.get());
        tasks.remove(partition);
      } catch (ExecutionException e) {
        throw new IllegalStateException("a question was dropped", e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /// Whatever goes wrong here has the desk set up anew: it then goes on with what was not
  /// committed.
  private void publish(
      Consumer<byte[], byte[]> consumer,
      TopicPartition partition,
      ConsumerRecord<byte[], byte[]> asked,
      Result result) {
    Map<TopicPartition, OffsetAndMetadata> done =
        Map.of(partition, new OffsetAndMetadata(asked.offset() + 1));
    Producer<String, byte[]> to = producer();
    int partitions = to.partitionsFor(envelope.topic(result)).size();
    ProducerRecord<String, byte[]> record =
        result instanceof DeadLetter letter
            ? envelope.write(letter, RejectedRecord.of(asked), partitions)
            : envelope.write(result, partitions);
    switch (settings.delivery()) {
      case EXACTLY_ONCE -> {
        to.beginTransaction();
        var unused = to.send(record);
        to.sendOffsetsToTransaction(done, consumer.groupMetadata());
        to.commitTransaction();
      }
      case AT_LEAST_ONCE -> {
        try {
          to.send(record).get();
        } catch (ExecutionException e) {
          throw new KafkaException("an answer was not published", e.getCause());
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new KafkaException("interrupted", e);
        }
        consumer.commitSync(done);
      }
    }
    metrics.published(result);
  }

  private Producer<String, byte[]> producer() {
    Producer<String, byte[]> open = producer;
    if (open == null) {
      Map<String, Object> properties = new HashMap<>(kafka);
      properties.put(ProducerConfig.ACKS_CONFIG, "all");
      properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
      if (settings.delivery() == DeliveryGuarantee.EXACTLY_ONCE) {
        // Who lost the partition is fenced off by the group's generation, so the name need not
        // last.
        properties.put(
            ProducerConfig.TRANSACTIONAL_ID_CONFIG, settings.group() + "-" + UUID.randomUUID());
        properties.put(
            ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, (int) TRANSACTION_TIMEOUT.toMillis());
      }
      open = new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
      producer = open;
      if (settings.delivery() == DeliveryGuarantee.EXACTLY_ONCE) {
        open.initTransactions();
      }
    }
    return open;
  }

  private void closeProducer() {
    Producer<String, byte[]> open = producer;
    producer = null;
    if (open != null) {
      // A transaction that is still open is aborted by this.
      open.close(Duration.ofSeconds(1));
    }
  }

  private Map<String, Object> consuming() {
    Map<String, Object> properties = ConsumerSettings.inGroup(kafka, settings.group());
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
    if ("classic"
        .equals(properties.getOrDefault(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic"))) {
      properties.put(
          ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
          CooperativeStickyAssignor.class.getName());
    } else {
      properties.remove(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG);
    }
    return properties;
  }

  /// Ends; what is being answered is answered by whoever comes next.
  @Override
  public synchronized void close() {
    running = false;
    Thread working = thread;
    if (working != null) {
      try {
        working.join(Duration.ofSeconds(10));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private final class Rebalance implements ConsumerRebalanceListener {

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      // They begin at what was committed.
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      for (TopicPartition partition : partitions) {
        Task task = tasks.remove(partition);
        if (task != null && task.result != null) {
          task.result.cancel(true);
        }
      }
    }
  }
}
