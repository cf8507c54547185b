package io.chronoscope.messaging.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PartitionFlowTest {

  private static final TopicPartition HOG = new TopicPartition("video.chunks", 0);
  private static final TopicPartition OTHER = new TopicPartition("video.chunks", 1);

  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
  private final List<String> handedOn = new ArrayList<>();
  private final Map<String, CompletableFuture<Void>> rooms = new HashMap<>();
  private final PartitionFlow flow =
      new PartitionFlow(
          (record, generation) -> {
            String name = record.partition() + "@" + record.offset();
            handedOn.add(name);
            return rooms.getOrDefault(name, CompletableFuture.completedFuture(null));
          },
          action -> action.accept(consumer));

  @BeforeEach
  void assign() {
    consumer.assign(Set.of(HOG, OTHER));
  }

  private CompletableFuture<Void> offer(TopicPartition partition, long offset) {
    CompletionStage<Void> read =
        flow.offer(
            new ConsumerRecord<>(
                partition.topic(), partition.partition(), offset, new byte[0], new byte[0]),
            1);
    return read.toCompletableFuture();
  }

  @Test
  void aStreamWithoutRoomStopsItsPartitionOnly() {
    CompletableFuture<Void> room = new CompletableFuture<>();
    rooms.put("0@0", room);
    assertThat(offer(HOG, 0)).isCompleted();
    assertThat(consumer.paused()).containsExactly(HOG);
    assertThat(offer(OTHER, 0)).isCompleted();
    assertThat(offer(HOG, 1)).isCompleted();
    assertThat(offer(OTHER, 1)).isCompleted();
    assertThat(handedOn).containsExactly("0@0", "1@0", "1@1");

    room.complete(null);
    assertThat(handedOn).containsExactly("0@0", "1@0", "1@1", "0@1");
    assertThat(consumer.paused()).isEmpty();
    assertThat(flow.blocked()).isZero();
  }

  @Test
  void parkedRecordsKeepTheirOrderAndWaitAgain() {
    CompletableFuture<Void> first = new CompletableFuture<>();
    CompletableFuture<Void> third = new CompletableFuture<>();
    rooms.put("0@0", first);
    rooms.put("0@2", third);
    for (int offset = 0; offset < 4; offset++) {
      assertThat(offer(HOG, offset)).isCompleted();
    }
    first.complete(null);
    assertThat(handedOn).containsExactly("0@0", "0@1", "0@2");
    assertThat(consumer.paused()).containsExactly(HOG);
    third.complete(null);
    assertThat(handedOn).containsExactly("0@0", "0@1", "0@2", "0@3");
    assertThat(consumer.paused()).isEmpty();
  }

  @Test
  void parksOnlyFewRecords() {
    CompletableFuture<Void> room = new CompletableFuture<>();
    rooms.put("0@0", room);
    for (int offset = 0; offset <= 8; offset++) {
      assertThat(offer(HOG, offset)).isCompleted();
    }
    CompletableFuture<Void> tooMany = offer(HOG, 9);
    assertThat(tooMany).isNotDone();
    room.complete(null);
    assertThat(tooMany).isCompleted();
    assertThat(handedOn).hasSize(10);
  }

  @Test
  void aRevokedPartitionLeavesItsRecordsToTheNextOwner() {
    CompletableFuture<Void> room = new CompletableFuture<>();
    rooms.put("0@0", room);
    assertThat(offer(HOG, 0)).isCompleted();
    assertThat(offer(HOG, 1)).isCompleted();
    flow.revoked(Set.of(HOG));
    room.complete(null);
    assertThat(handedOn).containsExactly("0@0");
    assertThat(offer(HOG, 1)).isCompleted();
    assertThat(handedOn).containsExactly("0@0", "0@1");
  }
}
