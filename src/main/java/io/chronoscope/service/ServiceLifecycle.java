package io.chronoscope.service;

import io.chronoscope.analysis.AnalysisEvent;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.ChunkArchive;
import io.chronoscope.analysis.CommitSink;
import io.chronoscope.analysis.StreamStarts;
import io.chronoscope.analysis.question.QuestionAnswerer;
import io.chronoscope.analysis.stream.StreamAnalysis;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.decode.worker.DecodePool;
import io.chronoscope.domain.Picture;
import io.chronoscope.domain.PrintableText;
import io.chronoscope.messaging.delivery.MessagingFailure;
import io.chronoscope.messaging.question.QuestionConsumer;
import io.chronoscope.messaging.rule.RuleLoader;
import io.chronoscope.rule.RuleTable;
import io.chronoscope.sampling.FixedRate;
import io.chronoscope.shedding.LoadGovernor;
import io.chronoscope.tracing.StreamTraces;
import io.chronoscope.tracing.TracedCommitSink;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;

/// Starts and stops the service: loads the model on its own thread, so that health checks respond
/// meanwhile, and closes everything in reverse order.
@ApplicationScoped
class ServiceLifecycle {

  private static final Logger LOG = Logger.getLogger(ServiceLifecycle.class);
  private static final Duration EXIT_TIMEOUT = Duration.ofSeconds(20);
  private static final Duration LOAD_TIMEOUT = Duration.ofSeconds(5);

  private final ChronoscopeConfig settings;
  private final CommitSink sink;
  private final StreamTraces traces;
  private final MeterRegistry registry;
  private final DeferredIntake intake;
  private final RuleTable rules;
  private final RuleLoader ruleLoader;
  private final MessagingFailure failure;
  private final QuestionConsumer questions;
  private final RuleBacktests backtests;
  private final PictureDescriptions pictures;
  private final ChunkArchive archive;
  private final StreamStarts starts;
  private final DecodePool decoders;
  private final List<AutoCloseable> opened = new ArrayList<>();
  private final Thread loading;
  private boolean stopped;

  ServiceLifecycle(
      ChronoscopeConfig settings,
      CommitSink sink,
      StreamTraces traces,
      MeterRegistry registry,
      DeferredIntake intake,
      RuleTable rules,
      RuleLoader ruleLoader,
      MessagingFailure failure,
      QuestionConsumer questions,
      RuleBacktests backtests,
      PictureDescriptions pictures,
      ChunkArchive archive,
      StreamStarts starts,
      DecodePool decoders) {
    this.decoders = decoders;
    this.questions = questions;
    this.backtests = backtests;
    this.pictures = pictures;
    this.archive = archive;
    this.starts = starts;
    this.settings = settings;
    this.sink = new TracedCommitSink(sink, traces);
    this.traces = traces;
    this.registry = registry;
    this.intake = intake;
    this.rules = rules;
    this.ruleLoader = ruleLoader;
    this.failure = failure;
    this.loading = Thread.ofPlatform().name("model-loading").unstarted(this::load);
  }

  void start(@Observes StartupEvent event) {
    ConfigLoader.check(settings);
    failure.onFailure(ServiceLifecycle::exit);
    Thread.setDefaultUncaughtExceptionHandler(this::uncaught);
    loading.start();
  }

  private void exitOnError(AnalysisEvent event) {
    if (event instanceof AnalysisEvent.StreamFailed(String stream, Throwable problem)
        && FatalProblems.endsInstance(problem)) {
      failure.report("stream %s cannot continue".formatted(PrintableText.of(stream)), problem);
    }
  }

  private void uncaught(Thread thread, Throwable problem) {
    if (problem instanceof Error) {
      failure.report("thread %s ended".formatted(PrintableText.of(thread.getName())), problem);
    } else {
      LOG.errorf(problem, "thread %s ended", PrintableText.of(thread.getName()));
    }
  }

  /// Exits, so that the supervisor restarts the process. An orderly shutdown may hang on what
  /// failed, so the process is halted after a while.
  private static void exit(String reason) {
    LOG.errorf("the service stops: %s", reason);
    Thread.ofPlatform()
        .name("forced-exit")
        .daemon()
        .start(() -> {
          LockSupport.parkNanos(EXIT_TIMEOUT.toNanos());
          Runtime.getRuntime().halt(ExitCode.FAILED);
        });
    Quarkus.asyncExit(ExitCode.FAILED);
  }

  private void load() {
    try {
      long started = System.nanoTime();
      AnalysisMetrics metrics = new AnalysisMetrics(registry);
      AnalysisRuntime runtime =
          AnalysisRuntime.open(
              settings,
              decoders,
              metrics
                  .andThen(traces)
                  .andThen(new AnalysisLog(traces::traceId))
                  .andThen(this::exitOnError)
                  .andThen(ServiceLauncher.listener()),
              new BatchMetrics(registry));
      own(runtime);
      // They start while the model is loaded.
      decoders.awaitStarted();
      LoadGovernor load =
          new LoadGovernor(
              LayerSettings.shedding(settings),
              System::nanoTime,
              pressure ->
                  LOG.infof(
                      "load shedding %s pressure=%d", pressure == 0 ? "off" : "on", pressure));
      metrics.watchShedding(load);
      FormerMetricNames.publish(registry);
      InfoMetrics.publish(registry, runtime.model(), settings.device());
      MemoryMetrics memory =
          MemoryMetrics.publish(
              registry, Picture::heldBytes, runtime::embeddingBytes, runtime::prefixBytes);
      own(
          new DeadEmbeddings(
                  memory::directBytes, settings.cache().maxBytes().asLongValue(), System::gc)
              .start());
      AnalysisSettings defaults =
          LayerSettings.analysis(settings, runtime.hints(), Optional.empty());
      StreamAnalysis analysis = analysis(runtime, load, defaults);
      Gauge.builder("chronoscope.queue.bytes", analysis, StreamAnalysis::waitingBytes)
          .description("Bytes of chunks that wait to be decoded")
          .register(registry);
      Gauge.builder("chronoscope.streams", analysis, StreamAnalysis::streams)
          .description("Streams with work in progress")
          .register(registry);
      QuestionAnswerer answerer =
          runtime.questions(defaults, LayerSettings.questions(settings), archive, starts);
      own(questions);
      if (!ruleLoader.awaitCaughtUp()) {
        return;
      }
      List<FixedRate> rates = ServiceLauncher.rates();
      intake.ready(
          rates.isEmpty()
              ? analysis
              : new FrameRateRouter(
                  rates, rate -> analysis(runtime, load, defaults.withFixed(rate)), analysis));
      questions.open(answerer.model(), answerer::answer);
      backtests.open(runtime, defaults);
      pictures.open(runtime, defaults);
      LOG.infof(
          "model loaded model=%s tolerance=%s window=%ss overlap=%ss tookMs=%d",
          runtime.model().name(),
          runtime.calibration().bounds().isPresent() ? "calibrated" : "sampling",
          defaults.windows().length().toMillis() / 1000.0,
          defaults.windows().overlap().toMillis() / 1000.0,
          (System.nanoTime() - started) / 1_000_000);
      ServiceLauncher.ready(runtime.model().name());
    } catch (RuntimeException | Error e) {
      intake.failed(e);
      LOG.error("the model cannot be loaded: " + e.getMessage());
      LOG.debug("the model cannot be loaded", e);
      Quarkus.asyncExit(ExitCode.ENVIRONMENT);
    }
  }

  private StreamAnalysis analysis(
      AnalysisRuntime runtime, LoadGovernor load, AnalysisSettings analysisSettings) {
    StreamAnalysis analysis = runtime.analysis(analysisSettings, load, rules, sink);
    own(analysis);
    return analysis;
  }

  /// Closes a resource at shutdown; at once if the service is stopping already.
  private synchronized void own(AutoCloseable resource) {
    opened.add(resource);
    if (stopped) {
      closeAll();
    }
  }

  void stop(@Observes ShutdownEvent event) {
    try {
      // The ONNX runtime's own resources go with the process; no session may be created then.
      loading.join(LOAD_TIMEOUT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      stopped = true;
      closeAll();
    }
  }

  private void closeAll() {
    for (AutoCloseable resource : opened.reversed()) {
      try {
        resource.close();
      } catch (Exception e) {
        LOG.warn("closing " + resource + " failed", e);
      }
    }
    opened.clear();
  }
}
