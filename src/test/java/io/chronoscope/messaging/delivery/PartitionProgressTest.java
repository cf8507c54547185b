package io.chronoscope.messaging.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.messaging.delivery.PartitionProgress.PendingRecord;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Test;

class PartitionProgressTest {

  @Test
  void commitsUpToTheOldestRecordThatAnyStreamNeeds() {
    PartitionProgress progress = new PartitionProgress(1, 10);
    add(progress, "a", 10);
    add(progress, "b", 11);
    add(progress, "a", 12);
    assertThat(progress.committable()).isEqualTo(10);
    progress.acknowledge("a", 12);
    assertThat(progress.committable()).isEqualTo(11);
    progress.acknowledgeEnd("b", 12);
    assertThat(progress.committable()).isEqualTo(12);
    progress.acknowledgeEnd("a", 13);
    assertThat(progress.committable()).isEqualTo(13);
  }

  @Test
  void skipsRecordsThatACommitBeforeARestartCovers() {
    PartitionProgress progress = new PartitionProgress(1, 5);
    progress.restore(new StateRecord("ended", new ChunkOrigin("t", 0, 7), Optional.empty()));
    assertThat(add(progress, "ended", 7)).isFalse();
    assertThat(add(progress, "ended", 8)).isTrue();
    assertThat(progress.committable()).isEqualTo(8);
  }

  @Test
  void keepsTheStateOfAnEndedStreamUntilItsEndIsCommitted() {
    PartitionProgress progress = new PartitionProgress(1, 0);
    add(progress, "slow", 0);
    add(progress, "ended", 1);
    progress.acknowledgeEnd("ended", 2);
    assertThat(progress.committed(new OffsetAndMetadata(progress.committable()))).isEmpty();
    progress.acknowledge("slow", 1);
    assertThat(progress.committed(new OffsetAndMetadata(progress.committable())))
        .containsExactly("ended");
    assertThat(progress.streams()).containsExactly("slow");
  }

  @Test
  void rejectsOffsetsThatDoNotIncrease() {
    PartitionProgress progress = new PartitionProgress(1, 5);
    add(progress, "a", 8);
    assertThatThrownBy(() -> add(progress, "a", 8)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void storesRejectionsBeyondTheCommittedOffsetInItsMetadata() {
    PartitionProgress progress = new PartitionProgress(1, 0);
    add(progress, "slow", 0);
    progress.addWithoutStream(1, new PendingRecord("-", Instant.EPOCH, 1));
    progress.acknowledgeWithoutStream(1);
    OffsetAndMetadata due = progress.due().orElseThrow();
    assertThat(due.offset()).isZero();
    progress.committed(due);
    assertThat(progress.due()).isEmpty();

    PartitionProgress again = new PartitionProgress(2, due);
    add(again, "slow", 0);
    assertThat(again.addWithoutStream(1, new PendingRecord("-", Instant.EPOCH, 1))).isFalse();
    assertThat(again.addWithoutStream(2, new PendingRecord("-", Instant.EPOCH, 1))).isTrue();
    again.acknowledgeEnd("slow", 1);
    again.acknowledgeWithoutStream(2);
    assertThat(again.due()).hasValue(new OffsetAndMetadata(3));
  }

  /// Compares with a model that keeps every record: the committable offset never passes a record
  /// that its stream has not acknowledged, and passes everything else.
  @Test
  void neverCommitsPastANeededRecord() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      PartitionProgress progress = new PartitionProgress(1, 0);
      Map<Long, String> unacknowledged = new TreeMap<>();
      Map<String, Long> last = new HashMap<>();
      Set<String> ended = new HashSet<>();
      long next = 0;
      for (int turn = 0; turn < 200; turn++) {
        String stream = "s" + random.nextInt(4);
        if (random.nextBoolean()) {
          next += random.nextInt(3);
          assertThat(add(progress, stream, next)).isTrue();
          unacknowledged.put(next, stream);
          last.put(stream, next);
          ended.remove(stream);
          next++;
        } else if (last.containsKey(stream) && !ended.contains(stream)) {
          boolean end = random.nextInt(5) == 0;
          long from = end ? last.get(stream) + 1 : random.nextLong(last.get(stream) + 1);
          if (end) {
            progress.acknowledgeEnd(stream, from);
          } else {
            progress.acknowledge(stream, from);
          }
          unacknowledged.entrySet().removeIf(e -> e.getValue().equals(stream) && e.getKey() < from);
          if (end) {
            ended.add(stream);
          }
        }
        long expected =
            unacknowledged.keySet().stream().mapToLong(Long::longValue).min().orElse(next);
        assertThat(progress.committable()).isEqualTo(expected);
        assertThat(progress.outstanding()).isEqualTo(unacknowledged.size());
        if (random.nextInt(3) == 0) {
          assertThat(ended)
              .containsAll(progress.committed(new OffsetAndMetadata(progress.committable())));
        }
      }
    }
  }

  private static boolean add(PartitionProgress progress, String stream, long offset) {
    return progress.add(offset, new PendingRecord(stream, Instant.EPOCH, 1));
  }
}
