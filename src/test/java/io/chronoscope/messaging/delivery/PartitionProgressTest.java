package io.chronoscope.messaging.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.messaging.delivery.PartitionProgress.Taken;
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
    take(progress, "a", 10);
    take(progress, "b", 11);
    take(progress, "a", 12);
    assertThat(progress.committable()).isEqualTo(10);
    progress.release("a", 12, false);
    assertThat(progress.committable()).isEqualTo(11);
    progress.release("b", 12, true);
    assertThat(progress.committable()).isEqualTo(12);
    progress.release("a", 13, true);
    assertThat(progress.committable()).isEqualTo(13);
  }

  @Test
  void skipsWhatAStreamWasPastBeforeTheRestart() {
    PartitionProgress progress = new PartitionProgress(1, 5);
    progress.restore(new StateRecord("over", new ChunkOrigin("t", 0, 7), Optional.empty()));
    assertThat(take(progress, "over", 7)).isFalse();
    assertThat(take(progress, "over", 8)).isTrue();
    assertThat(progress.committable()).isEqualTo(8);
  }

  @Test
  void keepsTheMarkOfAnEndedStreamUntilItsEndIsCommitted() {
    PartitionProgress progress = new PartitionProgress(1, 0);
    take(progress, "slow", 0);
    take(progress, "over", 1);
    progress.release("over", 2, true);
    assertThat(progress.committed(new OffsetAndMetadata(progress.committable()))).isEmpty();
    progress.release("slow", 1, false);
    assertThat(progress.committed(new OffsetAndMetadata(progress.committable())))
        .containsExactly("over");
    assertThat(progress.streams()).containsExactly("slow");
  }

  @Test
  void refusesOffsetsThatFall() {
    PartitionProgress progress = new PartitionProgress(1, 5);
    take(progress, "a", 8);
    assertThatThrownBy(() -> take(progress, "a", 8)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void notesWhatWasRefusedBeyondTheCommittedOffset() {
    PartitionProgress progress = new PartitionProgress(1, 0);
    take(progress, "slow", 0);
    progress.takeAlone(1, new Taken("-", Instant.EPOCH, 1));
    progress.release(1);
    OffsetAndMetadata due = progress.due().orElseThrow();
    assertThat(due.offset()).isZero();
    progress.committed(due);
    assertThat(progress.due()).isEmpty();

    PartitionProgress again = new PartitionProgress(2, due);
    take(again, "slow", 0);
    assertThat(again.takeAlone(1, new Taken("-", Instant.EPOCH, 1))).isFalse();
    assertThat(again.takeAlone(2, new Taken("-", Instant.EPOCH, 1))).isTrue();
    again.release("slow", 1, true);
    again.release(2);
    assertThat(again.due()).hasValue(new OffsetAndMetadata(3));
  }

  /// Against a model that remembers everything: what is committed never passes a record that its
  /// stream has not let go of, and passes everything else.
  @Test
  void neverCommitsPastARecordThatIsNeeded() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      PartitionProgress progress = new PartitionProgress(1, 0);
      Map<Long, String> unreleased = new TreeMap<>();
      Map<String, Long> last = new HashMap<>();
      Set<String> ended = new HashSet<>();
      long next = 0;
      for (int step = 0; step < 200; step++) {
        String stream = "s" + random.nextInt(4);
        if (random.nextBoolean()) {
          next += random.nextInt(3);
          assertThat(take(progress, stream, next)).isTrue();
          unreleased.put(next, stream);
          last.put(stream, next);
          ended.remove(stream);
          next++;
        } else if (last.containsKey(stream) && !ended.contains(stream)) {
          boolean over = random.nextInt(5) == 0;
          long from = over ? last.get(stream) + 1 : random.nextLong(last.get(stream) + 1);
          progress.release(stream, from, over);
          unreleased.entrySet().removeIf(e -> e.getValue().equals(stream) && e.getKey() < from);
          if (over) {
            ended.add(stream);
          }
        }
        long expected = unreleased.keySet().stream().mapToLong(Long::longValue).min().orElse(next);
        assertThat(progress.committable()).isEqualTo(expected);
        assertThat(progress.outstanding()).isEqualTo(unreleased.size());
        if (random.nextInt(3) == 0) {
          assertThat(ended)
              .containsAll(progress.committed(new OffsetAndMetadata(progress.committable())));
        }
      }
    }
  }

  private static boolean take(PartitionProgress progress, String stream, long offset) {
    return progress.take(offset, new Taken(stream, Instant.EPOCH, 1));
  }
}
