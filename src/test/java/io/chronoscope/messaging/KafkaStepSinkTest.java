package io.chronoscope.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.analysis.Step;
import io.chronoscope.analysis.StreamState;
import io.chronoscope.analysis.StreamState.OpenEvent;
import io.chronoscope.messaging.PartitionProgress.Taken;
import io.chronoscope.model.ChunkOrigin;
import io.chronoscope.record.ResultEnvelope;
import io.chronoscope.record.Samples;
import io.chronoscope.record.TopicNames;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KafkaStepSinkTest {

  private static final TopicPartition PARTITION = new TopicPartition("video.chunks", 1);

  private final MockProducer<String, byte[]> producer =
      new MockProducer<>(cluster(), false, null, new StringSerializer(), new ByteArraySerializer());
  private final List<Map<TopicPartition, Long>> commits = new ArrayList<>();
  private final MessagingFailure failure = new MessagingFailure();
  private final KafkaStepSink sink =
      new KafkaStepSink(
          producer,
          new ResultEnvelope(TopicNames.USUAL, URI.create("/test")),
          TopicNames.USUAL,
          offsets -> {
            commits.add(offsets);
            return CompletableFuture.completedFuture(null);
          },
          Runnable::run,
          failure,
          new MessagingMetrics(new SimpleMeterRegistry()));

  @BeforeEach
  void readThreeChunks() {
    sink.offsets().assign(PARTITION, new PartitionProgress(1, 7));
    for (int offset = 7; offset < 10; offset++) {
      sink.offsets().take(PARTITION, offset, new Taken("cam", Instant.EPOCH, 1));
    }
  }

  @Test
  void writesResultsThenStateThenLetsGo() {
    CompletableFuture<Void> done = sink.commit(step(1, 9)).toCompletableFuture();
    assertThat(topics()).containsExactly("video.events");
    producer.completeNext();
    assertThat(topics()).containsExactly("video.events", "video.state");
    ProducerRecord<String, byte[]> state = producer.history().getLast();
    assertThat(state.key()).isEqualTo("cam");
    assertThat(state.partition()).isEqualTo(1);
    assertThat(StateRecord.parse(state.value())).isEqualTo(StateRecord.after(step(1, 9)));
    assertThat(commits).isEmpty();
    assertThat(done).isNotDone();
    producer.completeNext();
    assertThat(done).isCompleted();
    assertThat(commits).containsExactly(Map.of(PARTITION, 9L));
  }

  @Test
  void writesAStreamsStepsOneAfterTheOther() {
    var first = sink.commit(step(1, 8)).toCompletableFuture();
    var second = sink.commit(step(2, 9)).toCompletableFuture();
    producer.completeNext();
    assertThat(topics()).containsExactly("video.events", "video.state");
    producer.completeNext();
    assertThat(first).isCompleted();
    assertThat(topics()).containsExactly("video.events", "video.state", "video.events");
    producer.completeNext();
    producer.completeNext();
    assertThat(second).isCompleted();
    assertThat(commits).containsExactly(Map.of(PARTITION, 8L), Map.of(PARTITION, 9L));
  }

  @Test
  void stopsForGoodWhenAResultCannotBeWritten() {
    var first = sink.commit(step(1, 8)).toCompletableFuture();
    producer.errorNext(new IllegalStateException("disk full"));
    assertThat(first).isCompletedExceptionally();
    assertThat(failure.reason())
        .hasValueSatisfying(r -> assertThat(r).contains("cam", "disk full"));
    var second = sink.commit(step(2, 9)).toCompletableFuture();
    assertThat(second).isCompletedExceptionally();
    assertThat(topics()).containsExactly("video.events");
    assertThat(commits).isEmpty();
    assertThat(sink.offsets().committable()).containsEntry(PARTITION, 7L);
  }

  @Test
  void writesNothingForAPartitionThatMovedAway() {
    sink.offsets().revoke(List.of(PARTITION));
    assertThat(sink.commit(step(1, 8)).toCompletableFuture()).isCompletedExceptionally();
    assertThat(producer.history()).isEmpty();
    assertThat(failure.reason()).isEmpty();
  }

  @Test
  void keepsAMarkAtTheEndAndTakesItAwayOnceCommitted() {
    sink.commit(new Step("cam", List.of(), Optional.empty(), origin(9)));
    StateRecord mark = StateRecord.parse(producer.history().getFirst().value());
    assertThat(mark.state()).isEmpty();
    assertThat(mark.neededFrom()).isEqualTo(10);
    producer.completeNext();
    assertThat(commits).containsExactly(Map.of(PARTITION, 10L));
    assertThat(producer.history().getLast().value()).isNull();
    assertThat(producer.history().getLast().key()).isEqualTo("cam");
    assertThat(producer.history().getLast().partition()).isEqualTo(1);
  }

  private List<String> topics() {
    return producer.history().stream().map(ProducerRecord::topic).toList();
  }

  private static ChunkOrigin origin(long offset) {
    return new ChunkOrigin(PARTITION.topic(), PARTITION.partition(), offset);
  }

  private static Step step(int revision, long resumeFrom) {
    var event = Samples.event("e1", revision, "cam");
    return new Step(
        "cam",
        List.of(event),
        Optional.of(
            new StreamState(
                StreamState.VERSION,
                "cam",
                event.start(),
                3,
                resumeFrom,
                Optional.of(Instant.parse("2026-01-01T00:00:00.000001Z")),
                List.of(new OpenEvent(event, 5, 6)),
                List.of())),
        origin(resumeFrom));
  }

  private static Cluster cluster() {
    Node node = new Node(0, "localhost", 1);
    return new Cluster(
        "test",
        List.of(node),
        List.of(
            new PartitionInfo("video.events", 0, node, new Node[] {node}, new Node[] {node}),
            new PartitionInfo("video.events", 1, node, new Node[] {node}, new Node[] {node}),
            new PartitionInfo("video.state", 0, node, new Node[] {node}, new Node[] {node}),
            new PartitionInfo("video.state", 1, node, new Node[] {node}, new Node[] {node})),
        java.util.Set.of(),
        java.util.Set.of());
  }
}
