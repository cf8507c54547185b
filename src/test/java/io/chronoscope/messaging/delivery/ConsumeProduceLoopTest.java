package io.chronoscope.messaging.delivery;

import static io.chronoscope.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.messaging.DeliveryGuarantee;
import io.chronoscope.messaging.MessagingMetrics;
import io.chronoscope.messaging.delivery.ConsumeProduceLoop.Handler;
import io.chronoscope.messaging.delivery.ConsumeProduceLoop.Output;
import io.chronoscope.wire.ResultEnvelope;
import io.chronoscope.wire.TopicNames;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConsumeProduceLoopTest {

  private static final TopicPartition PARTITION = new TopicPartition("in", 0);

  private final List<MockConsumer<byte[], byte[]>> consumers = new CopyOnWriteArrayList<>();
  private final List<MockProducer<String, byte[]>> producers = new CopyOnWriteArrayList<>();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private Optional<ConsumeProduceLoop> running = Optional.empty();

  private int maxRecords = 10;
  private int maxBatches = 1;

  /// By the owner of the partition before.
  private Optional<OffsetAndMetadata> committedBefore = Optional.empty();

  /// Fails the commit of the first transaction.
  private boolean firstCommitFails;

  @AfterEach
  void close() {
    running.ifPresent(ConsumeProduceLoop::close);
  }

  @Nested
  class Publishing {

    @Test
    void publishesOutputsAndOffsetInOneTransaction() {
      start(DeliveryGuarantee.EXACTLY_ONCE, records -> done(outputs(records)));

      until(() -> !producers.isEmpty() && producers.getFirst().commitCount() >= 1);

      MockProducer<String, byte[]> producer = producers.getFirst();
      assertThat(producer.history()).hasSize(2);
      assertThat(producer.consumerGroupOffsetsHistory())
          .singleElement()
          .satisfies(groups ->
              assertThat(groups.values())
                  .containsExactly(Map.of(PARTITION, new OffsetAndMetadata(2))));
      assertThat(consumers.getFirst().committed(Set.of(PARTITION)).get(PARTITION)).isNull();
      until(() ->
          registry.get("chronoscope.results.published").counters().stream()
                  .mapToDouble(counter -> counter.count())
                  .sum()
              == 2);
    }

    @Test
    void commitsTheOffsetOfRecordsWithoutOutput() {
      start(DeliveryGuarantee.EXACTLY_ONCE, records -> done(List.of()));

      until(() -> committed().equals(Optional.of(2L)));

      assertThat(producers).isEmpty();
    }

    @Test
    void publishesBeforeItCommitsWithoutTransactions() {
      start(DeliveryGuarantee.AT_LEAST_ONCE, records -> done(outputs(records)));

      until(() -> committed().equals(Optional.of(2L)));

      assertThat(producers.getFirst().history()).hasSize(2);
      assertThat(producers.getFirst().transactionInitialized()).isFalse();
    }

    @Test
    void startsOverWithTheSameRecordsAfterAFailure() {
      firstCommitFails = true;
      start(DeliveryGuarantee.EXACTLY_ONCE, records -> done(outputs(records)));

      until(() -> producers.size() == 2 && producers.getLast().commitCount() == 1);

      assertThat(producers.getFirst().closed()).isTrue();
      assertThat(producers.getFirst().history()).isEmpty();
      assertThat(consumers.getFirst().closed()).isTrue();
      assertThat(producers.getLast().history()).hasSize(2);
    }
  }

  /// After an `Error` nothing is certain, so it is not tried again in the same process.
  @Test
  void anErrorEndsTheThread() {
    List<Throwable> uncaught = new CopyOnWriteArrayList<>();
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, error) -> uncaught.add(error));
    try {
      start(
          DeliveryGuarantee.EXACTLY_ONCE,
          records -> CompletableFuture.failedFuture(new StackOverflowError()));
      until(() -> !uncaught.isEmpty());
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
    assertThat(uncaught).singleElement().isInstanceOf(StackOverflowError.class);
    assertThat(consumers).singleElement().matches(MockConsumer::closed);
    assertThat(committed()).isEmpty();
  }

  @Nested
  class RecordsInFlight {

    @Test
    void pausesAPartitionWhileItsRecordsAreProcessed() {
      CompletableFuture<List<Output>> processing = new CompletableFuture<>();
      start(DeliveryGuarantee.EXACTLY_ONCE, records -> processing);

      until(() -> !consumers.isEmpty() && consumers.getFirst().paused().contains(PARTITION));
      assertThat(committed()).isEmpty();

      processing.complete(List.of());
      until(() -> committed().equals(Optional.of(2L)));
      until(() -> consumers.getFirst().paused().isEmpty());
    }

    @Test
    void cancelsRecordsInFlightWhenTheirPartitionIsRevoked() {
      CompletableFuture<List<Output>> processing = new CompletableFuture<>();
      start(DeliveryGuarantee.EXACTLY_ONCE, records -> processing);
      until(() -> !consumers.isEmpty() && consumers.getFirst().paused().contains(PARTITION));

      MockConsumer<byte[], byte[]> consumer = consumers.getFirst();
      consumer.schedulePollTask(() -> consumer.rebalance(List.of()));

      until(processing::isCancelled);
      assertThat(committed()).isEmpty();
    }

    @Test
    void cancelsRecordsInFlightWhenItIsClosed() {
      CompletableFuture<List<Output>> processing = new CompletableFuture<>();
      ConsumeProduceLoop loop = start(DeliveryGuarantee.EXACTLY_ONCE, records -> processing);
      until(() -> !consumers.isEmpty() && consumers.getFirst().paused().contains(PARTITION));

      loop.close();

      assertThat(processing).isCancelled();
      assertThat(consumers.getFirst().closed()).isTrue();
    }
  }

  @Nested
  class BatchesInAnyOrder {

    private static final OffsetAndMetadata SECOND_IS_PUBLISHED =
        new OffsetAndMetadata(0, "ahead:Ag==");

    @Test
    void areMarkedInTheOffsetUntilThoseBeforeThemAreDone() {
      maxRecords = 1;
      maxBatches = 10;
      CompletableFuture<List<Output>> first = new CompletableFuture<>();
      start(
          DeliveryGuarantee.EXACTLY_ONCE,
          records -> records.getFirst().offset() == 0 ? first : done(outputs(records)));
      until(() -> !producers.isEmpty() && producers.getFirst().commitCount() >= 1);

      assertThat(producers.getFirst().history()).hasSize(1);
      assertThat(offsetsOfTransactions()).containsExactly(SECOND_IS_PUBLISHED);

      first.complete(List.of());
      until(() -> committed().equals(Optional.of(2L)));
    }

    @Test
    void areNotProcessedAgainByTheNextOwner() {
      maxRecords = 1;
      maxBatches = 10;
      committedBefore = Optional.of(SECOND_IS_PUBLISHED);
      List<Long> processed = new CopyOnWriteArrayList<>();
      start(
          DeliveryGuarantee.EXACTLY_ONCE,
          records -> {
            records.forEach(record -> processed.add(record.offset()));
            return done(outputs(records));
          });
      until(() -> !producers.isEmpty() && producers.getFirst().commitCount() >= 1);

      assertThat(processed).containsExactly(0L);
      assertThat(offsetsOfTransactions()).containsExactly(new OffsetAndMetadata(2));
    }

    @Test
    void areNoMoreThanTheSettingsAllow() {
      maxRecords = 1;
      maxBatches = 2;
      CompletableFuture<List<Output>> first = new CompletableFuture<>();
      start(
          DeliveryGuarantee.EXACTLY_ONCE,
          records -> records.getFirst().offset() == 0 ? first : done(outputs(records)));
      until(() -> !producers.isEmpty() && producers.getFirst().commitCount() >= 1);

      // One is in flight, the other one is published before it.
      until(() -> consumers.getFirst().paused().contains(PARTITION));
      first.complete(List.of());
      until(() -> consumers.getFirst().paused().isEmpty());
    }

    private List<OffsetAndMetadata> offsetsOfTransactions() {
      return producers.getFirst().consumerGroupOffsetsHistory().stream()
          .flatMap(groups -> groups.values().stream())
          .map(offsets -> offsets.get(PARTITION))
          .toList();
    }
  }

  private ConsumeProduceLoop start(DeliveryGuarantee delivery, Handler handler) {
    ConsumeProduceLoop loop =
        new ConsumeProduceLoop(
            new ConsumeProduceLoop.Settings(
                "test", PARTITION.topic(), "group", maxRecords, maxBatches, delivery),
            new Mocks(),
            new ResultEnvelope(TopicNames.DEFAULT, URI.create("/test")),
            handler,
            new MessagingMetrics(registry));
    running = Optional.of(loop);
    loop.start();
    return loop;
  }

  private Optional<Long> committed() {
    return consumers.stream()
        .filter(consumer -> !consumer.closed())
        .map(consumer -> consumer.committed(Set.of(PARTITION)).get(PARTITION))
        .filter(offset -> offset != null)
        .map(OffsetAndMetadata::offset)
        .findFirst();
  }

  private static List<Output> outputs(List<ConsumerRecord<byte[], byte[]>> records) {
    return records.stream()
        .map(record ->
            new Output(
                new DeadLetter(
                    "in-0",
                    new ChunkOrigin(record.topic(), record.partition(), record.offset()),
                    new Rejection(Reason.BAD_RULE, "invalid")),
                record))
        .toList();
  }

  private static Future<List<Output>> done(List<Output> outputs) {
    return CompletableFuture.completedFuture(outputs);
  }

  /// A new consumer finds the same two records on its partition.
  private final class Mocks implements LoopClients {

    @Override
    public Consumer<byte[], byte[]> consumer() {
      MockConsumer<byte[], byte[]> consumer =
          new MockConsumer<>("earliest") {
            // The original knows no offsets yet when partitions are assigned.
            @Override
            public synchronized Map<TopicPartition, OffsetAndMetadata> committed(
                Set<TopicPartition> partitions) {
              return committedBefore
                  .map(offset -> Map.of(PARTITION, offset))
                  .orElseGet(() -> super.committed(partitions));
            }
          };
      consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
      consumer.schedulePollTask(() -> {
        consumer.rebalance(List.of(PARTITION));
        consumer.addRecord(record(0));
        consumer.addRecord(record(1));
      });
      consumers.add(consumer);
      return consumer;
    }

    @Override
    public Producer<String, byte[]> producer(TopicPartition partition) {
      boolean fails = firstCommitFails && producers.isEmpty();
      MockProducer<String, byte[]> producer =
          new MockProducer<>(
              CommitFixtures.cluster(),
              true,
              null,
              new StringSerializer(),
              new ByteArraySerializer());
      if (fails) {
        producer.commitTransactionException = new KafkaException("the broker is gone");
      }
      producers.add(producer);
      return producer;
    }

    private static ConsumerRecord<byte[], byte[]> record(long offset) {
      return new ConsumerRecord<>(
          PARTITION.topic(),
          PARTITION.partition(),
          offset,
          0L,
          TimestampType.CREATE_TIME,
          1,
          1,
          new byte[1],
          new byte[1],
          new RecordHeaders(),
          Optional.empty());
    }
  }
}
