package io.chronoscope.cli.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RepetitionTest {

  private final AtomicLong nanos = new AtomicLong();
  private final Stopwatch stopwatch = new Stopwatch(nanos::get, () -> nanos.get() / 2);
  private final List<String> calls = new ArrayList<>();

  /// Work that takes the given seconds, one run after the other; the last value repeats.
  private Workload taking(double... seconds) {
    return new Workload() {
      private int run;

      @Override
      public void warmUp() {
        calls.add("warm-up");
        nanos.addAndGet(1_000_000_000);
      }

      @Override
      public Outcome run() {
        calls.add("run");
        double took = seconds[Math.min(run++, seconds.length - 1)];
        Cost cost = stopwatch.time(() -> nanos.addAndGet(Math.round(took * 1e9)));
        return new Outcome(cost, Dimensions.NONE, 8, List.of());
      }
    };
  }

  private Measurement measure(Repetition repetition, Workload workload) {
    return repetition.measure(
        workload,
        new Repetition(1, 10, 2.5),
        run -> OptionalDouble.empty(),
        stopwatch,
        OptionalLong.empty());
  }

  @Test
  void separatesTheFirstRunFromTheMedianOfTheOthers() {
    Measurement measured = measure(new Repetition(3, 3, 100), taking(9, 1, 5, 2));

    assertThat(measured.firstSeconds()).isEqualTo(9);
    assertThat(measured.seconds()).isEqualTo(2);
    assertThat(measured.cpuSeconds()).isEqualTo(1, within(1e-9));
    assertThat(measured.runs()).isEqualTo(3);
    assertThat(measured.memory().heapBytes()).isPositive();
    assertThat(measured.memory().deviceBytes()).isEmpty();
  }

  @Test
  void warmsUpForItsTimeBeforeTheFirstRun() {
    var unused = measure(new Repetition(1, 1, 1), taking(1));

    assertThat(calls).containsExactly("warm-up", "warm-up", "warm-up", "run", "run");
  }

  @Test
  void repeatsShortWorkUntilTheTimeIsUpAndLongWorkAtLeastSoOften() {
    assertThat(measure(new Repetition(2, 100, 1), taking(0.25)).runs()).isEqualTo(4);
    assertThat(measure(new Repetition(2, 100, 1), taking(30)).runs()).isEqualTo(2);
    assertThat(measure(new Repetition(2, 5, 1), taking(0.001)).runs()).isEqualTo(5);
  }

  @Test
  void alternatesWithTheReference() {
    Measurement measured =
        new Repetition(3, 3, 1)
            .measure(
                taking(1),
                new Repetition(1, 1, 1),
                run -> {
                  calls.add("reference");
                  return OptionalDouble.of(calls.size());
                },
                stopwatch,
                OptionalLong.empty());

    assertThat(calls)
        .containsExactly(
            "warm-up",
            "run",
            "reference",
            "run",
            "reference",
            "run",
            "reference",
            "run",
            "reference");
    // Its first run is not counted.
    assertThat(measured.referenceSeconds()).hasValue(7);
  }

  @Test
  void computesMedians() {
    assertThat(Measurement.median(List.of(3.0, 1.0, 2.0))).isEqualTo(2);
    assertThat(Measurement.median(List.of(4.0, 1.0, 2.0, 3.0))).isEqualTo(2.5);
    assertThatThrownBy(() -> Measurement.median(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no values");
  }
}
