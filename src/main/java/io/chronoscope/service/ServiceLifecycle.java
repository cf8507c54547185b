package io.chronoscope.service;

import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.ChunkArchive;
import io.chronoscope.analysis.CommitSink;
import io.chronoscope.analysis.StreamStarts;
import io.chronoscope.analysis.question.QuestionAnswerer;
import io.chronoscope.analysis.stream.StreamAnalysis;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.decode.FfmpegDecoder;
import io.chronoscope.messaging.delivery.MessagingFailure;
import io.chronoscope.messaging.question.QuestionConsumer;
import io.chronoscope.messaging.rule.RuleLoader;
import io.chronoscope.rule.RuleTable;
import io.chronoscope.shedding.LoadGovernor;
import io.chronoscope.tracing.StreamTraces;
import io.chronoscope.tracing.TracedCommitSink;
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

/// Start and end of the service: loads the model beside everything else, so that health can be
/// asked for meanwhile, and takes all down in the reverse order.
@ApplicationScoped
public class ServiceLifecycle {

  private static final Logger LOG = Logger.getLogger(ServiceLifecycle.class);
  private static final Duration ENDS_WITHIN = Duration.ofSeconds(20);
  private static final Duration LOADS_WITHIN = Duration.ofSeconds(5);

  private final ChronoscopeConfig settings;
  private final CommitSink sink;
  private final StreamTraces traces;
  private final MeterRegistry registry;
  private final DeferredIntake intake;
  private final RuleTable rules;
  private final RuleLoader ruleFollower;
  private final MessagingFailure failure;
  private final QuestionConsumer questions;
  private final ChunkArchive archive;
  private final StreamStarts starts;
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
      RuleLoader ruleFollower,
      MessagingFailure failure,
      QuestionConsumer questions,
      ChunkArchive archive,
      StreamStarts starts) {
    this.questions = questions;
    this.archive = archive;
    this.starts = starts;
    this.settings = settings;
    this.sink = new TracedCommitSink(sink, traces);
    this.traces = traces;
    this.registry = registry;
    this.intake = intake;
    this.rules = rules;
    this.ruleFollower = ruleFollower;
    this.failure = failure;
    this.loading = Thread.ofPlatform().name("model-loading").unstarted(this::load);
  }

  void start(@Observes StartupEvent event) {
    ConfigLoader.check(settings);
    failure.whenReported(ServiceLifecycle::endProcess);
    loading.start();
  }

  /// Whoever watches over the process starts it again. It ends in good order if that works; what
  /// failed may hold it up, so it does not wait for long.
  private static void endProcess(String reason) {
    LOG.errorf("the service ends: %s", reason);
    Thread.ofPlatform()
        .name("forced-end")
        .daemon()
        .start(() -> {
          LockSupport.parkNanos(ENDS_WITHIN.toNanos());
          Runtime.getRuntime().halt(ExitCode.FAILED);
        });
    Quarkus.asyncExit(ExitCode.FAILED);
  }

  private void load() {
    try {
      long started = System.nanoTime();
      AnalysisMetrics metrics = new AnalysisMetrics(registry);
      AnalysisRuntime rig =
          AnalysisRuntime.open(
              settings,
              new FfmpegDecoder(),
              metrics.andThen(traces).andThen(new AnalysisLog()).andThen(ServiceRun.listener()),
              metrics::encoderBatch,
              metrics::decoderBatch);
      keep(rig);
      LoadGovernor load =
          new LoadGovernor(
              LayerSettings.load(settings),
              System::nanoTime,
              pressure ->
                  LOG.infof(
                      "looking %s closely pressure=%d", pressure == 0 ? "as" : "less", pressure));
      metrics.watch(load);
      AnalysisSettings usual = LayerSettings.analysis(settings, rig.advice(), Optional.empty());
      StreamAnalysis analysis = analysis(rig, load, usual);
      registry.gauge("chronoscope.queue.bytes", analysis, StreamAnalysis::waitingBytes);
      registry.gauge("chronoscope.streams", analysis, StreamAnalysis::streams);
      QuestionAnswerer analyst =
          rig.questions(usual, LayerSettings.questions(settings), archive, starts);
      keep(questions);
      if (!ruleFollower.awaitCaughtUp()) {
        return;
      }
      List<Double> rates = ServiceRun.rates();
      intake.ready(
          rates.isEmpty()
              ? analysis
              : new RateByStreamName(
                  rates, fps -> analysis(rig, load, usual.withFixedFps(fps)), analysis));
      questions.open(analyst.model(), analyst::answer);
      LOG.infof(
          "model loaded model=%s window=%ss overlap=%ss tookMs=%d",
          rig.modelName(),
          usual.windows().length().toMillis() / 1000.0,
          usual.windows().overlap().toMillis() / 1000.0,
          (System.nanoTime() - started) / 1_000_000);
    } catch (RuntimeException | Error e) {
      intake.failed(e);
      LOG.error("the model cannot be loaded: " + e.getMessage());
      LOG.debug("the model cannot be loaded", e);
      Quarkus.asyncExit(ExitCode.ENVIRONMENT);
    }
  }

  private StreamAnalysis analysis(AnalysisRuntime rig, LoadGovernor load, AnalysisSettings of) {
    StreamAnalysis analysis = rig.analysis(of, load, rules, sink);
    keep(analysis);
    return analysis;
  }

  private synchronized void keep(AutoCloseable resource) {
    opened.add(resource);
    if (stopped) {
      closeAll();
    }
  }

  void stop(@Observes ShutdownEvent event) {
    try {
      // The runtime's own resources go with the process; a session must not be in the making then.
      loading.join(LOADS_WITHIN);
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
        LOG.warn("could not be closed: " + resource, e);
      }
    }
    opened.clear();
  }
}
