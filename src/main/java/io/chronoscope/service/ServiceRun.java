package io.chronoscope.service;

import io.chronoscope.analysis.AnalysisListener;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// One run of the service in this process. Quarkus makes its own objects, so what a command wants
/// of the run is left here for them before the boot.
public final class ServiceRun {

  /// @param whileRunning what is done while the service runs; it ends with it
  /// @param rates for which streams named after them are analysed; see [RateByStreamName]
  public record Plan(
      Callable<Integer> whileRunning, AnalysisListener listener, List<Double> rates) {}

  private static volatile Plan plan =
      new Plan(
          () -> {
            Quarkus.waitForExit();
            return ExitCode.OK;
          },
          AnalysisListener.SILENT,
          List.of());

  private ServiceRun() {}

  /// Public because Quarkus makes it.
  public static final class Application implements QuarkusApplication {
    @Override
    public int run(String... arguments) throws Exception {
      return plan.whileRunning().call();
    }
  }

  static AnalysisListener listener() {
    return plan.listener();
  }

  static List<Double> rates() {
    return plan.rates();
  }

  /// Until somebody stops the process.
  public static int untilStopped() {
    return boot();
  }

  public static int with(Plan what) {
    plan = what;
    return boot();
  }

  private static int boot() {
    AtomicInteger status = new AtomicInteger(ExitCode.FAILED);
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Quarkus.run(
        Application.class,
        (code, problem) -> {
          status.set(code);
          failure.set(problem);
        });
    Throwable problem = failure.get();
    if (problem != null) {
      throw new IllegalStateException("the service did not start: " + root(problem), problem);
    }
    return status.get();
  }

  private static String root(Throwable problem) {
    Throwable root = problem;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }
}
