package io.chronoscope.messaging.delivery;

import static io.chronoscope.messaging.delivery.CommitFixtures.PARTITION;
import static io.chronoscope.messaging.delivery.CommitFixtures.commit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.messaging.MessagingMetrics;
import io.chronoscope.messaging.delivery.PartitionTransactions.RetryPolicy;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ExactlyOnceTest {

  private final FailingProducer producer = new FailingProducer();
  private final MessagingFailure failure = new MessagingFailure();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final ChunkOffsets offsets = new ChunkOffsets();
  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private final List<TopicPartition> fenced = new ArrayList<>();
  private final MessagingMetrics metrics = new MessagingMetrics(registry);
  private final ExactlyOnce delivery =
      new ExactlyOnce(
          partition -> producer,
          "group",
          CommitFixtures.records(offsets),
          offsets,
          new RetryPolicy(Duration.ZERO, Duration.ofMinutes(1)),
          tasks::add,
          failure,
          metrics);
  private final KafkaCommitSink sink = new KafkaCommitSink(delivery, offsets, failure, metrics);

  @BeforeEach
  void assignPartition() {
    delivery.open(List.of(PARTITION), fenced::add);
    offsets.assign(PARTITION, new PartitionProgress(1, 7));
  }

  @Nested
  class Transactions {

    @Test
    void writesTheTombstoneOfAWithdrawnEventInItsTransaction() {
      CommitFixtures.read(offsets, "north", 7, 9);
      sink.commit(CommitFixtures.withdrawal("north", 2, 8));
      run();

      assertThat(producer.commitCount()).isEqualTo(1);
      assertThat(keys()).containsExactly("north-e1", "north-e1", "north");
      assertThat(producer.history().get(0).value()).isNotNull();
      assertThat(producer.history().get(1).value()).isNull();
      assertThat(producer.history().get(1).partition())
          .isEqualTo(producer.history().get(0).partition());
    }

    @Test
    void writesCommitsOfSeveralStreamsInOneTransaction() {
      CommitFixtures.read(offsets, "north", 7, 9);
      CommitFixtures.read(offsets, "south", 9, 11);
      List<String> order = new ArrayList<>();
      sink.commit(commit("north", 1, 8)).thenRun(() -> order.add("north"));
      sink.commit(commit("south", 1, 10)).thenRun(() -> order.add("south"));
      assertThat(producer.history()).isEmpty();
      run();
      assertThat(producer.commitCount()).isEqualTo(1);
      assertThat(keys()).containsExactly("north-e1", "north", "south-e1", "south");
      assertThat(producer.history().get(1).topic()).isEqualTo("video.state");
      assertThat(producer.history().get(1).partition()).isEqualTo(1);
      assertThat(StateRecord.parse(producer.history().get(1).value()))
          .isEqualTo(StateRecord.after(commit("north", 1, 8)));
      assertThat(order).containsExactly("north", "south");
      assertThat(registry.get("chronoscope.transactions.duration").timer().count()).isEqualTo(1);
    }

    @Test
    void commitsTheOffsetInTheSameTransaction() {
      CommitFixtures.read(offsets, "north", 7, 9);
      CommitFixtures.read(offsets, "south", 9, 11);
      sink.commit(commit("south", 1, 10));
      run();
      // The other stream still needs the earlier records, so there is nothing to commit.
      assertThat(producer.consumerGroupOffsetsHistory()).isEmpty();
      sink.commit(commit("north", 1, 8));
      run();
      assertThat(committed()).containsExactly(new OffsetAndMetadata(8));
    }

    @Test
    void rejectsARecordWithoutAStreamTogetherWithItsOffset() {
      CommitFixtures.read(offsets, "north", 7, 8);
      offsets.addWithoutStream(
          PARTITION, 8, new PartitionProgress.PendingRecord("video.chunks-1", Instant.EPOCH, 1));
      sink.reject(
          new DeadLetter(
              "video.chunks-1",
              CommitFixtures.origin(8),
              new Rejection(Reason.BAD_ENVELOPE, "no key")));
      run();
      assertThat(producer.history())
          .singleElement()
          .satisfies(letter -> {
            assertThat(letter.topic()).isEqualTo("video.chunks.dlq");
          });
      assertThat(committed())
          .singleElement()
          .satisfies(offset -> {
            assertThat(offset.offset()).isEqualTo(7);
            // When reading resumes at 7, the metadata says that 8 was rejected.
            assertThat(new PartitionProgress(2, offset).addWithoutStream(8, withoutStream()))
                .isFalse();
          });
    }

    @Test
    void deletesTheStateOfAnEndedStreamWithTheOffsetThatMakesItObsolete() {
      CommitFixtures.read(offsets, "north", 7, 9);
      sink.commit(CommitFixtures.end("north", 8));
      run();
      assertThat(producer.commitCount()).isEqualTo(1);
      assertThat(producer.history().getLast().value()).isNull();
      assertThat(producer.history().getLast().key()).isEqualTo("north");
      assertThat(committed()).containsExactly(new OffsetAndMetadata(9));
    }

    @Test
    void commitsTheOffsetOfSkippedRecords() {
      offsets.add(PARTITION, 7, new PartitionProgress.PendingRecord("north", Instant.EPOCH, 1));
      sink.commit(CommitFixtures.end("north", 20));
      run();
      CommitFixtures.read(offsets, "south", 8, 9);
      assertThat(committed()).containsExactly(new OffsetAndMetadata(8));
      sink.commit(CommitFixtures.end("south", 8));
      delivery.commitOffset(PARTITION);
      run();
      assertThat(committed()).contains(new OffsetAndMetadata(9));
      delivery.commitOffset(PARTITION);
      run();
      assertThat(producer.commitCount()).as("nothing is due").isEqualTo(2);
    }

    @Test
    void namesThePartitionInTheTransactionalId() {
      assertThat(CommitProducers.transactionalId("group", PARTITION))
          .isEqualTo("group-video.chunks-1");
    }
  }

  @Nested
  class Failures {

    @Test
    void retriesAnAbortedTransactionWithTheSameRecords() {
      CommitFixtures.read(offsets, "north", 7, 9);
      producer.commitFailures.add(new KafkaException("the broker is gone", new TimeoutException()));
      CompletableFuture<Void> done = sink.commit(commit("north", 1, 8)).toCompletableFuture();
      run();
      assertThat(done).isCompleted();
      assertThat(producer.aborts).isEqualTo(1);
      assertThat(keys()).containsExactly("north-e1", "north");
      assertThat(committed()).containsExactly(new OffsetAndMetadata(8));
      assertThat(failure.reason()).isEmpty();
      assertThat(
              registry
                  .get("chronoscope.transactions.aborted")
                  .tag("reason", "TimeoutException")
                  .counter()
                  .count())
          .isEqualTo(1);
    }

    @Test
    void repeatsACommitThatTimedOut() {
      CommitFixtures.read(offsets, "north", 7, 9);
      producer.commitFailures.add(new TimeoutException("no answer"));
      producer.commitFailures.add(new TimeoutException("no answer"));
      CompletableFuture<Void> done = sink.commit(commit("north", 1, 8)).toCompletableFuture();
      run();
      assertThat(done).isCompleted();
      assertThat(producer.aborts).isZero();
      assertThat(keys()).containsExactly("north-e1", "north");
    }

    @Test
    void failsForGoodWhenARetryCannotHelp() {
      CommitFixtures.read(offsets, "north", 7, 9);
      producer.commitFailures.add(new KafkaException(new RecordTooLargeException("17 MiB")));
      CompletableFuture<Void> done = sink.commit(commit("north", 1, 8)).toCompletableFuture();
      delivery.commitOffset(PARTITION);
      run();
      assertThat(done).isCompletedExceptionally();
      assertThat(failure.reason())
          .hasValueSatisfying(reason -> assertThat(reason).contains("video.chunks-1", "17 MiB"));
      // Nothing more is written, not even the offset.
      delivery.drain(List.of(PARTITION), new MockConsumer<>("earliest"), Duration.ZERO);
      run();
      assertThat(producer.consumerGroupOffsetsHistory()).isEmpty();
    }
  }

  @Nested
  class Fencing {

    @Test
    void writesNothingMoreAfterItIsFenced() {
      CommitFixtures.read(offsets, "north", 7, 9);
      producer.fenceProducer();
      CompletableFuture<Void> first = sink.commit(commit("north", 1, 8)).toCompletableFuture();
      run();
      assertThat(fenced).containsExactly(PARTITION);
      assertThatThrownBy(first::get).hasCauseInstanceOf(CancellationException.class);
      CompletableFuture<Void> second = sink.commit(commit("north", 2, 9)).toCompletableFuture();
      run();
      assertThat(second).isCompletedExceptionally();
      assertThat(producer.history()).isEmpty();
      // The consumer group resolves this; it is not a failure.
      assertThat(failure.reason()).isEmpty();
      assertThat(registry.get("chronoscope.partitions.fenced").counter().count()).isEqualTo(1);
    }

    @Test
    void isFencedWhenTheAbortFails() {
      CommitFixtures.read(offsets, "north", 7, 9);
      producer.commitFailures.add(new KafkaException("epoch"));
      producer.abortTransactionException =
          new KafkaException("in an error state", new ProducerFencedException("newer"));
      sink.commit(commit("north", 1, 8));
      run();
      assertThat(fenced).containsExactly(PARTITION);
      assertThat(producer.history()).isEmpty();
    }
  }

  @Nested
  class Revocation {

    @Test
    void refusesWritesAfterThePartitionIsAbandoned() {
      CommitFixtures.read(offsets, "north", 7, 9);
      CompletableFuture<Void> before = sink.commit(commit("north", 1, 8)).toCompletableFuture();
      run();
      delivery.abandon(List.of(PARTITION));
      CompletableFuture<Void> after =
          delivery.write(new WriteUnit.OfCommit(commit("north", 2, 9))).toCompletableFuture();
      assertThat(before).isCompleted();
      assertThatThrownBy(after::join).isInstanceOf(CancellationException.class);
      assertThat(producer.closed()).isTrue();
      assertThat(failure.reason()).isEmpty();
    }

    /// A transaction that was about to start when its partition was lost and assigned again must
    /// not acknowledge records of the new assignment.
    @Test
    void ignoresWritesOfAnAssignmentThatWasLostAndRegained() {
      CommitFixtures.read(offsets, "north", 7, 9);
      CompletableFuture<Void> done = sink.commit(commit("north", 1, 8)).toCompletableFuture();
      producer.onPartitionsFor =
          () -> {
            offsets.beginRevocation(List.of(PARTITION));
            delivery.abandon(List.of(PARTITION));
            offsets.revoke(List.of(PARTITION));
            offsets.assign(PARTITION, new PartitionProgress(2, 7));
          };
      run();
      assertThat(done).isCompletedExceptionally();
      assertThat(producer.history()).isEmpty();
      CommitFixtures.read(offsets, "north", 7, 8);
      assertThat(offsets.outstanding()).isOne();
      assertThat(offsets.committable()).containsEntry(PARTITION, 7L);
      assertThat(failure.reason()).isEmpty();
    }
  }

  private void run() {
    while (!tasks.isEmpty()) {
      tasks.poll().run();
    }
  }

  private List<String> keys() {
    return producer.history().stream().map(ProducerRecord::key).toList();
  }

  private List<OffsetAndMetadata> committed() {
    return producer.consumerGroupOffsetsHistory().stream()
        .map(of -> of.get("group").get(PARTITION))
        .toList();
  }

  private static PartitionProgress.PendingRecord withoutStream() {
    return new PartitionProgress.PendingRecord("video.chunks-1", Instant.EPOCH, 1);
  }

  /// Fails with the queued exceptions, one per commit.
  private static final class FailingProducer extends MockProducer<String, byte[]> {

    private final Deque<RuntimeException> commitFailures = new ArrayDeque<>();
    private Runnable onPartitionsFor = () -> {};
    private int aborts;

    FailingProducer() {
      super(
          CommitFixtures.cluster(), true, null, new StringSerializer(), new ByteArraySerializer());
    }

    @Override
    public List<PartitionInfo> partitionsFor(String topic) {
      onPartitionsFor.run();
      return super.partitionsFor(topic);
    }

    @Override
    public void commitTransaction() {
      RuntimeException problem = commitFailures.poll();
      if (problem != null) {
        throw problem;
      }
      super.commitTransaction();
    }

    @Override
    public void abortTransaction() {
      super.abortTransaction();
      aborts++;
    }
  }
}
