package io.chronoscope.analysis.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ByteBudgetTest {

  @Test
  void completesAllThatWaitOnceThereIsRoomAgain() {
    ByteBudget budget = new ByteBudget(100);
    assertThat(budget.add(60).toCompletableFuture()).isCompleted();
    var second = budget.add(60).toCompletableFuture();
    var third = budget.add(1).toCompletableFuture();
    assertThat(second).isNotDone();
    assertThat(third).isNotDone();

    budget.release(21);
    assertThat(budget.bytes()).isEqualTo(100);
    assertThat(second).isNotDone();

    budget.release(1);
    assertThat(second).isCompleted();
    assertThat(third).isCompleted();
  }
}
