package io.chronoscope.service;

import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.HttpAccess;
import io.chronoscope.sampling.FixedRate;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import java.net.URI;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;

/// Runs the service in this process. Quarkus creates the beans itself, so the plan of a command is
/// stored here, for the beans, before Quarkus boots. A process runs the service once.
public final class ServiceLauncher {

  /// What a command does with the service.
  ///
  /// @param whileRunning called when the service is up; the service stops when it returns, and its
  ///   value is the exit code
  /// @param listener receives all events of the analysis
  /// @param rates frame rates with their own analysis; see [FrameRateRouter]
  /// @param onReady called with the name of the model once it is loaded, by the thread that loads
  ///   it
  public record Plan(
      Callable<Integer> whileRunning,
      AnalysisListener listener,
      List<FixedRate> rates,
      Consumer<String> onReady) {}

  private static volatile Plan plan =
      new Plan(
          () -> {
            Quarkus.waitForExit();
            return ExitCode.OK;
          },
          AnalysisListener.SILENT,
          List.of(),
          model -> {});

  private ServiceLauncher() {}

  /// Public because Quarkus creates it.
  public static final class Application implements QuarkusApplication {
    @Override
    public int run(String... arguments) throws Exception {
      return plan.whileRunning().call();
    }
  }

  /// Where the page and the API are, once the service is up.
  public static URI address() {
    Config config = ConfigProvider.getConfig();
    String host = config.getValue("quarkus.http.host", String.class);
    return URI.create(
        "http://%s:%d/"
            .formatted(
                host.equals("0.0.0.0") ? "localhost" : host.contains(":") ? "[" + host + "]" : host,
                config.getValue("quarkus.http.port", Integer.class)));
  }

  static AnalysisListener listener() {
    return plan.listener();
  }

  static void ready(String model) {
    plan.onReady().accept(model);
  }

  static List<FixedRate> rates() {
    return plan.rates();
  }

  /// Runs the service until the process is stopped.
  ///
  /// @param onceUp is called when the service is up
  /// @param onReady see [Plan]
  /// @return the exit code
  public static int runUntilStopped(Runnable onceUp, Consumer<String> onReady) {
    return run(
        new Plan(
            () -> {
              onceUp.run();
              Quarkus.waitForExit();
              return ExitCode.OK;
            },
            AnalysisListener.SILENT,
            List.of(),
            onReady));
  }

  /// Runs the service as a command plans.
  ///
  /// @return the exit code
  public static int run(Plan newPlan) {
    plan = newPlan;
    return boot();
  }

  private static int boot() {
    if (HttpAccess.of(ConfigLoader.load()) instanceof HttpAccess.OpenIdConnect) {
      System.setProperty("quarkus.oidc.tenant-enabled", "true");
    }
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
      throw new IllegalStateException(
          "the service did not start: " + rootMessage(problem), problem);
    }
    return status.get();
  }

  private static String rootMessage(Throwable problem) {
    Throwable root = problem;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }
}
