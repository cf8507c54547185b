package io.chronoscope.messaging.delivery;

import static io.chronoscope.messaging.delivery.CommitFixtures.PARTITION;
import static io.chronoscope.messaging.delivery.CommitFixtures.commit;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.messaging.MessagingMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AtLeastOnceTest {

  private final MockProducer<String, byte[]> producer =
      new MockProducer<>(
          CommitFixtures.cluster(), false, null, new StringSerializer(), new ByteArraySerializer());
  private final List<Map<TopicPartition, OffsetAndMetadata>> commits = new ArrayList<>();
  private final MessagingFailure failure = new MessagingFailure();
  private final ChunkOffsets offsets = new ChunkOffsets();
  private final Delivery delivery =
      new AtLeastOnce(
          producer,
          CommitFixtures.records(offsets),
          offsets,
          due -> {
            commits.add(due);
            return CompletableFuture.completedFuture(null);
          },
          Runnable::run);
  private final KafkaCommitSink sink =
      new KafkaCommitSink(
          delivery, offsets, failure, new MessagingMetrics(new SimpleMeterRegistry()));

  @BeforeEach
  void readThreeChunks() {
    offsets.assign(PARTITION, new PartitionProgress(1, 7));
    CommitFixtures.read(offsets, "cam", 7, 10);
  }

  @Test
  void writesResultsThenStateThenCommitsTheOffset() {
    CompletableFuture<Void> done = sink.commit(commit("cam", 1, 9)).toCompletableFuture();
    assertThat(topics()).containsExactly("video.events");
    producer.completeNext();
    assertThat(topics()).containsExactly("video.events", "video.state");
    ProducerRecord<String, byte[]> state = producer.history().getLast();
    assertThat(state.key()).isEqualTo("cam");
    assertThat(state.partition()).isEqualTo(1);
    assertThat(StateRecord.parse(state.value())).isEqualTo(StateRecord.after(commit("cam", 1, 9)));
    assertThat(commits).isEmpty();
    assertThat(done).isNotDone();
    producer.completeNext();
    assertThat(done).isCompleted();
    assertThat(commits).containsExactly(offset(9));
  }

  @Test
  void writesCommitsOfAStreamInOrder() {
    var first = sink.commit(commit("cam", 1, 8)).toCompletableFuture();
    var second = sink.commit(commit("cam", 2, 9)).toCompletableFuture();
    producer.completeNext();
    assertThat(topics()).containsExactly("video.events", "video.state");
    producer.completeNext();
    assertThat(first).isCompleted();
    assertThat(topics()).containsExactly("video.events", "video.state", "video.events");
    producer.completeNext();
    producer.completeNext();
    assertThat(second).isCompleted();
    assertThat(commits).containsExactly(offset(8), offset(9));
  }

  @Test
  void failsForGoodWhenAResultCannotBeWritten() {
    var first = sink.commit(commit("cam", 1, 8)).toCompletableFuture();
    producer.errorNext(new IllegalStateException("disk full"));
    assertThat(first).isCompletedExceptionally();
    assertThat(failure.reason())
        .hasValueSatisfying(r -> assertThat(r).contains("cam", "disk full"));
    var second = sink.commit(commit("cam", 2, 9)).toCompletableFuture();
    assertThat(second).isCompletedExceptionally();
    assertThat(topics()).containsExactly("video.events");
    assertThat(commits).isEmpty();
    assertThat(offsets.committable()).containsEntry(PARTITION, 7L);
  }

  @Test
  void writesNothingForARevokedPartition() {
    offsets.revoke(List.of(PARTITION));
    assertThat(sink.commit(commit("cam", 1, 8)).toCompletableFuture()).isCompletedExceptionally();
    assertThat(producer.history()).isEmpty();
    assertThat(failure.reason()).isEmpty();
  }

  @Test
  void ignoresWritesOfAnAssignmentThatWasLostAndRegained() {
    sink.commit(commit("cam", 1, 9));
    offsets.revoke(List.of(PARTITION));
    offsets.assign(PARTITION, new PartitionProgress(2, 7));
    producer.completeNext();
    producer.completeNext();
    CommitFixtures.read(offsets, "cam", 7, 8);
    assertThat(offsets.outstanding()).isOne();
    assertThat(commits).isEmpty();
  }

  @Test
  void keepsTheStateOfAnEndedStreamUntilItsOffsetIsCommitted() {
    sink.commit(CommitFixtures.end("cam", 9));
    StateRecord state = StateRecord.parse(producer.history().getFirst().value());
    assertThat(state.state()).isEmpty();
    assertThat(state.neededFrom()).isEqualTo(10);
    producer.completeNext();
    assertThat(commits).containsExactly(offset(10));
    assertThat(producer.history().getLast().value()).isNull();
    assertThat(producer.history().getLast().key()).isEqualTo("cam");
    assertThat(producer.history().getLast().partition()).isEqualTo(1);
  }

  private List<String> topics() {
    return producer.history().stream().map(ProducerRecord::topic).toList();
  }

  private static Map<TopicPartition, OffsetAndMetadata> offset(long offset) {
    return Map.of(PARTITION, new OffsetAndMetadata(offset));
  }
}
