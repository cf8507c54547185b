package io.chronoscope.shedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/// The governor in its control loop: a simulated machine that analyzes the windows of cameras one
/// after the other.
class LoadLoopTest {

  private static final double TARGET = 10;
  private static final double CHUNK = 2;
  private static final double LENGTH = 8;
  private static final double STRIDE = 5;

  /// Share of a window's cost that does not depend on its detail.
  private static final double FIXED_COST = 0.4;

  /// A window that was analyzed.
  private record Analyzed(double at, double lag, int level) {}

  private record Run(List<Analyzed> analyzed, int windows, List<Integer> pressures) {

    double analyzedShare() {
      return (double) analyzed.size() / windows;
    }

    double lag(double quantile, double from) {
      double[] lags =
          analyzed.stream().filter(s -> s.at >= from).mapToDouble(Analyzed::lag).sorted().toArray();
      return lags[(int) (quantile * (lags.length - 1))];
    }
  }

  private static final class Machine {

    private record Due(double at, int number, Runnable what) {}

    private record Job(int camera, double cost) {}

    private static final class Camera {
      final Deque<Double> waiting = new ArrayDeque<>();
      double covered;
      double newest;
      int nextWindow;
      boolean busy;
    }

    private final LoadGovernor governor;
    private final double fullCost;
    private final double fixedCost;
    private final PriorityQueue<Due> due =
        new PriorityQueue<>(Comparator.comparingDouble(Due::at).thenComparing(Due::number));
    private final Deque<Job> jobs = new ArrayDeque<>();
    private final List<Camera> cameras = new ArrayList<>();
    private final List<Analyzed> analyzed = new ArrayList<>();
    private final List<Integer> pressures = new ArrayList<>();
    private double now;
    private int count;
    private int windows;
    private boolean working;

    /// @param capacity cameras that the machine can analyze at full detail
    /// @param fixedCost see [#FIXED_COST]
    Machine(SheddingSettings settings, double capacity, double fixedCost) {
      this.governor = new LoadGovernor(settings, () -> (long) (now * 1e9), pressures::add);
      this.fullCost = STRIDE / capacity;
      this.fixedCost = fixedCost;
    }

    /// @param playing number of cameras that play at a time
    Run run(double seconds, DoubleUnaryOperator playing) {
      for (int camera = 0; camera < playing.applyAsDouble(0); camera++) {
        cameras.add(new Camera());
        double begins = CHUNK * camera / playing.applyAsDouble(0);
        for (double at = begins + CHUNK; at < seconds; at += CHUNK) {
          int number = camera;
          if (camera < playing.applyAsDouble(at)) {
            at(at, () -> arrive(number));
          }
        }
      }
      for (Due next = due.poll(); next != null; next = due.poll()) {
        now = next.at;
        next.what.run();
      }
      return new Run(analyzed, windows, pressures);
    }

    private void at(double time, Runnable what) {
      due.add(new Due(time, count++, what));
    }

    private void recordLag(int camera, double since) {
      governor.recordLag("camera-" + camera, Duration.ofNanos((long) ((now - since) * 1e9)));
    }

    private void arrive(int number) {
      Camera camera = cameras.get(number);
      camera.waiting.add(now);
      recordLag(number, camera.waiting.getFirst());
      work(number);
    }

    private void work(int number) {
      Camera camera = cameras.get(number);
      while (!camera.busy) {
        if (camera.nextWindow * STRIDE + LENGTH <= camera.covered) {
          recordLag(number, camera.newest);
          DetailLevel detail = governor.detailLevel("camera-" + number);
          windows++;
          if (detail.analyzes("camera-" + number, camera.nextWindow++)) {
            analyzed.add(new Analyzed(now, now - camera.newest, detail.level()));
            double shown = 1.0 / (detail.fpsDivisor() * detail.pixelDivisor());
            jobs.add(new Job(number, fullCost * (fixedCost + (1 - fixedCost) * shown)));
            camera.busy = true;
          }
        } else if (!camera.waiting.isEmpty()) {
          camera.newest = camera.waiting.removeFirst();
          camera.covered += CHUNK;
          recordLag(number, camera.newest);
        } else {
          recordLag(number, now);
          break;
        }
      }
      start();
    }

    private void start() {
      Job job = working ? null : jobs.poll();
      if (job != null) {
        working = true;
        at(
            now + job.cost,
            () -> {
              working = false;
              cameras.get(job.camera).busy = false;
              work(job.camera);
              start();
            });
      }
    }
  }

  private static final SheddingSettings WITH_TARGET =
      new SheddingSettings(Optional.of(Duration.ofSeconds((long) TARGET)), List.of());

  private static Run run(SheddingSettings settings, int cameras, double factor) {
    return new Machine(settings, cameras / factor, FIXED_COST).run(400, at -> cameras);
  }

  @Test
  void lagGrowsWithoutBoundWithoutATarget() {
    assertThat(run(SheddingSettings.OFF, 20, 2).lag(1, 0)).isGreaterThan(150);
  }

  @Test
  void shedsNothingWithinTheCapacity() {
    for (int cameras : new int[] {1, 4, 20}) {
      assertThat(run(WITH_TARGET, cameras, 0.95).analyzed)
          .as("%d cameras", cameras)
          .allMatch(seen -> seen.level == 0);
    }
  }

  @Test
  void boundsLagAndShedsLittleMoreThanNeeded() {
    for (int cameras : new int[] {1, 4, 20, 80}) {
      double before = 1;
      for (double factor : new double[] {1.2, 1.5, 2, 4, 8}) {
        Run run = run(WITH_TARGET, cameras, factor);
        String which = "%d cameras, %.1f times".formatted(cameras, factor);
        assertThat(run.lag(0.95, 0)).as(which).isLessThanOrEqualTo((factor > 2 ? 2.5 : 2) * TARGET);
        assertThat(run.lag(0.5, 0)).as(which).isLessThanOrEqualTo(1.3 * TARGET);
        assertThat(run.lag(1, 100)).as(which + ", once settled").isLessThan(3 * TARGET);
        assertThat(run.analyzedShare()).as(which).isLessThanOrEqualTo(before + 0.1);
        before = run.analyzedShare();
        // Fewer and smaller frames alone suffice.
        if (factor <= 1.5) {
          assertThat(run.analyzedShare()).as(which).isGreaterThan(0.95);
        }
        assertThat(run.analyzedShare()).as(which).isGreaterThan(0.5 / factor);
        oneStepAtATime(which, run.pressures);
      }
    }
  }

  /// Frames and pixels suffice at twice the load when most of the cost depends on them.
  @Test
  void analyzesEveryWindowAtTwiceTheLoad() {
    for (int cameras : new int[] {1, 4, 20, 116}) {
      for (double fixedCost : new double[] {0.2, 0.3, 0.4}) {
        Run run = new Machine(WITH_TARGET, cameras / 2.0, fixedCost).run(400, at -> cameras);
        assertThat(run.analyzedShare())
            .as("%d cameras, %.1f of the cost fixed", cameras, fixedCost)
            .isGreaterThanOrEqualTo(0.99);
      }
    }
  }

  /// Where they do not suffice, as many windows are skipped as must be, and few more: the machine
  /// could analyze 0.94 of them.
  @Test
  void returnsToWholeWindowsSoon() {
    for (int cameras : new int[] {4, 20, 87}) {
      Run run = new Machine(WITH_TARGET, cameras / 2.0, 0.5).run(400, at -> cameras);
      assertThat(run.analyzedShare()).as("%d cameras", cameras).isGreaterThan(0.88);
    }
  }

  private static void oneStepAtATime(String which, List<Integer> pressures) {
    int before = 0;
    for (int pressure : pressures) {
      assertThat(Math.abs(pressure - before)).as(which).isEqualTo(1);
      before = pressure;
    }
  }

  @Test
  void restoresFullDetailWhenLoadDecreases() {
    Run run = new Machine(WITH_TARGET, 5, FIXED_COST).run(500, at -> at < 200 ? 20 : 2);
    assertThat(run.analyzed).anyMatch(seen -> seen.level >= 4);
    assertThat(run.pressures.getLast()).isZero();
    assertThat(run.analyzed.stream().filter(seen -> seen.at > 400))
        .allMatch(seen -> seen.level == 0);
    assertThat(run.lag(1, 400)).isLessThan(1);
  }
}
