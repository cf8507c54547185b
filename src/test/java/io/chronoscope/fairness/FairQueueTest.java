package io.chronoscope.fairness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FairQueueTest {

  private final FairQueue<String> queue = new FairQueue<>();

  private String take(double cost) {
    String item = queue.poll(any -> true).orElseThrow();
    queue.charge(item.substring(0, 1), cost);
    return item;
  }

  @Test
  void givesEachStreamTheSameService() {
    for (int i = 0; i < 6; i++) {
      queue.add("a", "a" + i);
    }
    queue.add("b", "b0");
    queue.add("c", "c0");
    List<String> order = new ArrayList<>();
    while (!queue.isEmpty()) {
      order.add(take(1));
    }
    assertThat(order).containsExactly("a0", "b0", "c0", "a1", "a2", "a3", "a4", "a5");
  }

  @Test
  void countsServiceNotItems() {
    for (int i = 0; i < 4; i++) {
      queue.add("a", "a" + i);
      queue.add("b", "b" + i);
    }
    List<String> order = new ArrayList<>();
    while (!queue.isEmpty()) {
      order.add(take(queue.next(any -> true).orElseThrow().startsWith("a") ? 3 : 1));
    }
    assertThat(order).containsExactly("a0", "b0", "b1", "b2", "a1", "b3", "a2", "a3");
  }

  @Test
  void aStreamThatWasIdleHasNotSavedUpService() {
    queue.add("b", "b0");
    take(1);
    for (int i = 0; i < 100; i++) {
      queue.add("a", "a" + i);
      take(1);
    }
    for (int i = 0; i < 3; i++) {
      queue.add("a", "a" + i);
      queue.add("b", "b" + i);
    }
    List<String> order = new ArrayList<>();
    while (!queue.isEmpty()) {
      order.add(take(1));
    }
    assertThat(order.indexOf("a0")).isLessThan(3);
    assertThat(order.indexOf("a1")).isLessThan(5);
  }

  @Test
  void passesOverStreamsWhoseFirstItemIsNotAccepted() {
    queue.add("a", "a0");
    queue.add("b", "b0");
    assertThat(queue.poll(item -> !item.startsWith("a"))).contains("b0");
    assertThat(queue.poll(item -> !item.startsWith("a"))).isEmpty();
    assertThat(queue.size()).isEqualTo(1);
  }
}
