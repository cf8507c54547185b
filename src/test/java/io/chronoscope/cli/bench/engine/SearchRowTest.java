package io.chronoscope.cli.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.evaluation.search.QuestionSet;
import org.junit.jupiter.api.Test;

class SearchRowTest {

  @Test
  void searchesForTheSameTextsInEachRun() {
    try (SearchRow row =
        SearchRow.open(Stopwatch.ofProcess(), QuestionSet.EVALUATION.firstStream())) {
      row.warmUp();
      Workload.Outcome first = row.run();
      assertThat(first.items()).isEqualTo(50);
      assertThat(first.cost().seconds()).isPositive();
      assertThat(row.run().items()).isEqualTo(first.items());
    }
  }
}
