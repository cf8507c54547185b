package io.chronoscope.fairness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FairExecutorTest {

  @Test
  void aStreamWithManyTasksDelaysOthersByThoseThatRun() throws Exception {
    List<String> order = new CopyOnWriteArrayList<>();
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch queued = new CountDownLatch(1);
    try (FairExecutor executor = new FairExecutor("test", 1)) {
      List<Future<Boolean>> all = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        all.add(
            executor.submit(
                "hog",
                () -> {
                  running.countDown();
                  queued.await();
                  return order.add("hog");
                }));
      }
      running.await();
      all.add(executor.submit("other", () -> order.add("other")));
      queued.countDown();
      for (Future<Boolean> one : all) {
        assertThat(one.get()).isTrue();
      }
    }
    assertThat(order.indexOf("other")).isEqualTo(1);
  }

  @Test
  void aStreamAloneUsesAllThreads() throws Exception {
    CountDownLatch together = new CountDownLatch(3);
    try (FairExecutor executor = new FairExecutor("test", 3)) {
      List<Future<Boolean>> all = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        all.add(
            executor.submit(
                "alone",
                () -> {
                  together.countDown();
                  together.await();
                  return true;
                }));
      }
      for (Future<Boolean> one : all) {
        assertThat(one.get()).isTrue();
      }
    }
  }

  @Test
  void aTaskThatFailsHarmsNoOther() throws Exception {
    try (FairExecutor executor = new FairExecutor("test", 1)) {
      Future<Boolean> failing =
          executor.submit(
              "cam",
              () -> {
                throw new IllegalStateException("no luck");
              });
      Future<Boolean> next = executor.submit("cam", () -> true);

      assertThat(next.get()).isTrue();
      assertThat(failing.state()).isEqualTo(Future.State.FAILED);
    }
  }

  @Test
  void closingInterruptsWhatRunsAndGivesUpWhatWaits() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    FairExecutor executor = new FairExecutor("test", 1);
    Future<Boolean> first =
        executor.submit(
            "cam",
            () -> {
              running.countDown();
              new CountDownLatch(1).await();
              return true;
            });
    Future<Boolean> second = executor.submit("cam", () -> true);
    running.await();

    executor.close();

    assertThat(executor.awaitEnd(20, TimeUnit.SECONDS)).isTrue();
    assertThat(first.state()).isEqualTo(Future.State.FAILED);
    assertThat(second).isCancelled();
    assertThatExceptionOfType(CancellationException.class)
        .isThrownBy(() -> executor.submit("cam", () -> true));
  }
}
