package io.chronoscope.messaging.question;

import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.PrintableText;
import io.chronoscope.domain.Question;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.domain.Result.QuestionAnswer;
import io.chronoscope.fairness.FairExecutor;
import io.chronoscope.messaging.DeliveryGuarantee;
import io.chronoscope.messaging.MessagingMetrics;
import io.chronoscope.messaging.delivery.ConsumeProduceLoop;
import io.chronoscope.messaging.delivery.ConsumeProduceLoop.Output;
import io.chronoscope.wire.QuestionRecord;
import io.chronoscope.wire.ReceivedQuestion;
import io.chronoscope.wire.ResultEnvelope;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Consumes questions, has them answered on worker threads, fairly between the streams that they
/// are about ([FairExecutor]), and publishes each answer together with the question's offset. A
/// question whose instance stops before its answer is published is answered again by another
/// instance, under the same id.
public final class QuestionConsumer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(QuestionConsumer.class);

  /// Questions of one partition among which the turn is fair.
  private static final int MAX_WAITING = 1_000;

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  /// How questions are consumed.
  ///
  /// @param group of the instances; the group of the questions is named after it
  /// @param concurrency questions that this instance answers concurrently
  public record Settings(String group, int concurrency, DeliveryGuarantee delivery) {

    public Settings {
      if (concurrency <= 0) {
        throw new IllegalArgumentException("concurrency of questions is " + concurrency);
      }
    }
  }

  private record Running(ConsumeProduceLoop loop, FairExecutor workers) {}

  private final Map<String, Object> kafka;
  private final ResultEnvelope envelope;
  private final TopicNames names;
  private final Settings settings;
  private final MessagingMetrics metrics;
  private @Nullable Running running;

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

  /// Starts consuming. To be called once.
  ///
  /// @param model that answers
  /// @param answering called on the worker threads, [Settings#concurrency] at a time
  public synchronized void open(ModelRef model, Function<Question, QuestionAnswer> answering) {
    FairExecutor workers = new FairExecutor("question", settings.concurrency());
    ConsumeProduceLoop loop =
        new ConsumeProduceLoop(
            new ConsumeProduceLoop.Settings(
                "questions",
                names.of(Topic.QUESTIONS),
                settings.group() + "-questions",
                1,
                MAX_WAITING,
                settings.delivery()),
            kafka,
            envelope,
            records -> answer(records.getFirst(), workers, model, answering),
            metrics);
    running = new Running(loop, workers);
    loop.start();
  }

  private static Future<List<Output>> answer(
      ConsumerRecord<byte[], byte[]> record,
      FairExecutor workers,
      ModelRef model,
      Function<Question, QuestionAnswer> answering) {
    ReceivedQuestion received = QuestionRecord.read(record);
    String stream =
        switch (received) {
          case ReceivedQuestion.Unreadable _ -> "";
          case ReceivedQuestion.Invalid wrong -> wrong.stream();
          case ReceivedQuestion.Valid(Question question) -> question.stream();
        };
    return workers.submit(
        stream, () -> List.of(new Output(result(received, model, answering), record)));
  }

  private static Result result(
      ReceivedQuestion received, ModelRef model, Function<Question, QuestionAnswer> answering) {
    return switch (received) {
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

  /// A question that fails is answered with the problem instead of being retried forever.
  private static QuestionAnswer answer(
      Question question, ModelRef model, Function<Question, QuestionAnswer> answering) {
    try {
      return answering.apply(question);
    } catch (CancellationException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.warn(
          "question {} about stream {} failed",
          PrintableText.of(question.id()),
          PrintableText.of(question.stream()),
          e);
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
        Optional.of(Rejection.truncate(problem)),
        List.of(),
        List.of(),
        model,
        Optional.empty());
  }

  /// Stops consuming and interrupts the workers; the model may be closed afterwards. Questions in
  /// progress are answered by another instance.
  @Override
  public synchronized void close() {
    Running current = running;
    running = null;
    if (current == null) {
      return;
    }
    current.loop().close();
    current.workers().close();
    try {
      if (!current.workers().awaitEnd(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("questions are still being answered after {}", CLOSE_TIMEOUT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
