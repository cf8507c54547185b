package io.chronoscope.qwen.weights;

import java.util.stream.IntStream;

/// Work on the rows of a matrix, shared among the machine's cores.
final class RowTasks {

  /// Rows of one task. As bytes of a transposed matrix they fill a cache line, and a packed matrix
  /// has the numbers of its neighboring rows in the same words.
  private static final int TASK_ROWS = 64;

  private RowTasks() {}

  /// A task on some of the rows.
  interface Task {
    void run(int from, int until);
  }

  static void run(int rows, Task task) {
    IntStream.range(0, Math.ceilDiv(rows, TASK_ROWS))
        .parallel()
        .forEach(i -> task.run(i * TASK_ROWS, Math.min(rows, (i + 1) * TASK_ROWS)));
  }
}
