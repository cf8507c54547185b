package io.chronoscope.fairness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class FairBudgetTest {

  private final FairBudget budget = new FairBudget(100);

  private CompletableFuture<Void> add(String stream, long bytes) {
    return budget.add(stream, bytes).toCompletableFuture();
  }

  @Test
  void aStreamAloneMayUseTheWhole() {
    assertThat(add("hog", 60)).isCompleted();
    CompletableFuture<Void> second = add("hog", 60);
    CompletableFuture<Void> third = add("hog", 1);
    assertThat(second).isNotDone();
    assertThat(third).isNotDone();

    budget.release("hog", 21);
    assertThat(budget.bytes()).isEqualTo(100);
    assertThat(second).isNotDone();

    budget.release("hog", 1);
    assertThat(second).isCompleted();
    assertThat(third).isCompleted();
  }

  @Test
  void aHogDoesNotStopOthersWithinTheirShare() {
    CompletableFuture<Void> hog = add("hog", 150);
    assertThat(hog).isNotDone();
    assertThat(add("a", 30)).isCompleted();
    assertThat(add("b", 30)).isCompleted();
    CompletableFuture<Void> beyondItsShare = add("b", 10);
    assertThat(beyondItsShare).isNotDone();
    assertThat(add("a", 1)).isCompleted();

    budget.release("b", 35);
    assertThat(beyondItsShare).isCompleted();
    assertThat(hog).isNotDone();
    budget.release("hog", 130);
    assertThat(hog).isCompleted();
  }

  @Test
  void sharesGrowWhenOthersLeave() {
    assertThat(add("a", 40)).isCompleted();
    assertThat(add("b", 40)).isCompleted();
    CompletableFuture<Void> third = add("c", 40);
    assertThat(third).isNotDone();
    budget.release("a", 40);
    assertThat(third).isCompleted();
  }

  /// Nobody waits while there is room, and nothing is held in the end.
  @Test
  void neverForgetsAWaiter() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    record Added(String stream, long bytes, CompletableFuture<Void> room) {}
    List<Added> held = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      if (held.isEmpty() || random.nextInt(5) < 3) {
        String stream = "s" + random.nextInt(8);
        long bytes = random.nextInt(40);
        held.add(new Added(stream, bytes, add(stream, bytes)));
      } else {
        Added one = held.remove(random.nextInt(held.size()));
        budget.release(one.stream(), one.bytes());
      }
    }
    for (Added one : held) {
      budget.release(one.stream(), one.bytes());
    }
    assertThat(budget.bytes()).as("seed %d", seed).isZero();
    assertThat(held).as("seed %d", seed).allMatch(one -> one.room().isDone());
  }
}
