package io.chronoscope.qwen.position;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.qwen.position.WindowPartition.Bucket;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowPartitionTest {

  @Test
  void isRowMajorWithinAWindow() {
    WindowPartition partition = WindowPartition.of(new TokenGrid(2, 4), 2);
    assertThat(partition.windowOrder()).containsExactly(0, 1, 4, 5, 2, 3, 6, 7);
    assertThat(partition.buckets()).containsExactly(new Bucket(2, 2, 2, 0));
  }

  @Test
  void groupsWindowsBySize() {
    // 0 1 | 2
    // 3 4 | 5
    // ----+--
    // 6 7 | 8
    WindowPartition partition = WindowPartition.of(new TokenGrid(3, 3), 2);
    assertThat(partition.windowOrder()).containsExactly(0, 1, 3, 4, 2, 5, 6, 7, 8);
    assertThat(partition.buckets())
        .containsExactly(
            new Bucket(2, 2, 1, 0),
            new Bucket(2, 1, 1, 4),
            new Bucket(1, 2, 1, 6),
            new Bucket(1, 1, 1, 8));
  }

  @Test
  void treatsAGridSmallerThanAWindowAsOne() {
    WindowPartition partition = WindowPartition.of(new TokenGrid(3, 2), 4);
    assertThat(partition.windowOrder()).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(partition.buckets()).containsExactly(new Bucket(3, 2, 1, 0));
  }

  @ParameterizedTest
  @CsvSource({"16,16,4", "5,7,4", "4,9,4", "13,3,4", "1,1,4", "20,36,4", "7,7,2", "6,5,1"})
  void groupsTokensByTheGridOfWindows(int rows, int columns, int window) {
    WindowPartition partition = WindowPartition.of(new TokenGrid(rows, columns), window);
    int[] order = partition.windowOrder();
    int next = 0;
    Set<Integer> windowsSeen = new HashSet<>();
    Set<String> sizesSeen = new HashSet<>();
    for (Bucket bucket : partition.buckets()) {
      assertThat(bucket.firstToken()).isEqualTo(next);
      assertThat(sizesSeen.add(bucket.rows() + "x" + bucket.columns())).isTrue();
      int before = -1;
      for (int w = 0; w < bucket.count(); w++) {
        int[] tokens = Arrays.copyOfRange(order, next, next + bucket.windowTokens());
        next += bucket.windowTokens();
        int columnsOfWindows = (columns + window - 1) / window;
        int[] windows =
            IntStream.of(tokens)
                .map(t -> t / columns / window * columnsOfWindows + t % columns / window)
                .distinct()
                .toArray();
        assertThat(windows).as("one window").hasSize(1);
        assertThat(windowsSeen.add(windows[0])).isTrue();
        assertThat(windows[0]).as("row-major in the bucket").isGreaterThan(before);
        before = windows[0];
        assertThat(tokens).isSorted();
      }
    }
    assertThat(next).isEqualTo(rows * columns);
    assertThat(partition.buckets()).hasSizeLessThanOrEqualTo(4);
  }

  @Test
  void hasAnInverse() {
    WindowPartition partition = WindowPartition.of(new TokenGrid(9, 6), 4);
    int[] there = partition.windowOrder();
    int[] back = partition.rowOrder();
    for (int token = 0; token < there.length; token++) {
      assertThat(there[back[token]]).isEqualTo(token);
    }
  }
}
