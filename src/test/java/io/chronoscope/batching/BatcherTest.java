package io.chronoscope.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class BatcherTest {

  private static final BatchLimits UP_TO_THREE = new BatchLimits(3, Duration.ZERO);

  /// Runs batches only after `open` is counted down, so that items submitted before then wait
  /// together.
  private static final class Gate {
    final CountDownLatch open = new CountDownLatch(1);
    final CountDownLatch reached = new CountDownLatch(1);
    final List<List<String>> batches = Collections.synchronizedList(new ArrayList<>());

    List<String> run(String key, List<String> items) {
      reached.countDown();
      try {
        open.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      batches.add(items);
      return items.stream().map(item -> key + ":" + item).toList();
    }
  }

  @Test
  void backgroundItemsYieldAndRunInSmallBatches() throws Exception {
    Gate gate = new Gate();
    BatchLimits upToEight = new BatchLimits(8, Duration.ZERO);
    try (var batcher = new Batcher<>("test", upToEight, gate::run, size -> {})) {
      var results = new ArrayList<CompletableFuture<String>>();
      results.add(batcher.submit("a", "stream", "0", Priority.LIVE));
      gate.reached.await();
      for (String item : List.of("1", "2", "3")) {
        results.add(batcher.submit("a", "stream", item, Priority.BACKGROUND));
      }
      results.add(batcher.submit("a", "stream", "4", Priority.LIVE));
      results.add(batcher.submit("b", "stream", "5", Priority.LIVE));
      gate.open.countDown();
      results.forEach(CompletableFuture::join);

      assertThat(gate.batches)
          .containsExactly(
              List.of("0"), List.of("4"), List.of("5"), List.of("1", "2"), List.of("3"));
    }
  }

  @Test
  void batchesItemsOfOneKeyAndSeparatesKeys() throws Exception {
    Gate gate = new Gate();
    try (var batcher = new Batcher<>("test", UP_TO_THREE, gate::run, size -> {})) {
      var first = batcher.submit("a", "stream", "0", Priority.LIVE);
      gate.reached.await();
      var results = new ArrayList<CompletableFuture<String>>();
      for (String item : List.of("1", "2", "3", "4")) {
        results.add(batcher.submit("a", "stream", item, Priority.LIVE));
        results.add(batcher.submit("b", "stream", item, Priority.LIVE));
      }
      gate.open.countDown();

      assertThat(first.join()).isEqualTo("a:0");
      assertThat(results.stream().map(CompletableFuture::join))
          .containsExactly("a:1", "b:1", "a:2", "b:2", "a:3", "b:3", "a:4", "b:4");
      assertThat(gate.batches)
          .containsExactly(
              List.of("0"),
              List.of("1", "2", "3"),
              List.of("1", "2", "3"),
              List.of("4"),
              List.of("4"));
    }
  }

  @Test
  void waitsForAFullBatchUpToTheDelay() {
    Gate gate = new Gate();
    gate.open.countDown();
    var limits = new BatchLimits(3, Duration.ofMinutes(10));
    try (var batcher = new Batcher<>("test", limits, gate::run, size -> {})) {
      var one = batcher.submit("a", "stream", "1", Priority.LIVE);
      var two = batcher.submit("a", "stream", "2", Priority.LIVE);
      assertThat(one).isNotDone();
      var three = batcher.submit("a", "stream", "3", Priority.LIVE);

      assertThat(CompletableFuture.allOf(one, two, three)).succeedsWithin(Duration.ofSeconds(20));
      assertThat(gate.batches).containsExactly(List.of("1", "2", "3"));
    }
  }

  @Test
  void failsEveryItemOfABatchThatThrowsAndContinues() {
    var sizes = new ArrayList<Integer>();
    try (var batcher =
        new Batcher<String, String, String>(
            "test",
            UP_TO_THREE,
            (key, items) -> {
              if (key.equals("bad")) {
                throw new IllegalStateException("no such key");
              }
              return items;
            },
            sizes::add)) {
      var bad = batcher.submit("bad", "stream", "x", Priority.LIVE);
      assertThatThrownBy(bad::join)
          .isInstanceOf(CompletionException.class)
          .hasRootCauseMessage("no such key");
      assertThat(batcher.submit("good", "stream", "y", Priority.LIVE).join()).isEqualTo("y");
      assertThat(sizes).containsExactly(1, 1);
    }
  }

  @Test
  void rejectsABatchWithTooFewResults() {
    try (var batcher =
        new Batcher<String, String, String>(
            "test", UP_TO_THREE, (key, items) -> List.of(), size -> {})) {
      assertThatThrownBy(batcher.submit("a", "stream", "x", Priority.LIVE)::join)
          .hasRootCauseMessage("a batch of 1 items returned 0 results");
    }
  }

  @Test
  void rejectsItemsAfterClose() {
    var batcher =
        new Batcher<String, String, String>("test", UP_TO_THREE, (key, items) -> items, size -> {});
    batcher.close();
    assertThatThrownBy(batcher.submit("a", "stream", "x", Priority.LIVE)::join)
        .hasCauseInstanceOf(RejectedExecutionException.class);
  }
}
