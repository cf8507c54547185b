package io.chronoscope.app;

import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.StepSink;
import io.chronoscope.analysis.StreamAnalysis;
import io.chronoscope.decode.FfmpegDecoder;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/// Start and end of the service: loads the model beside everything else, so that health can be
/// asked for meanwhile, and takes all down in the reverse order.
@ApplicationScoped
public class ServiceLife {

  private static final Logger LOG = Logger.getLogger(ServiceLife.class);

  private final ChronoscopeConfig settings;
  private final StepSink sink;
  private final MeterRegistry registry;
  private final ServiceIntake intake;
  private final List<AutoCloseable> opened = new ArrayList<>();
  private boolean stopped;

  ServiceLife(
      ChronoscopeConfig settings, StepSink sink, MeterRegistry registry, ServiceIntake intake) {
    this.settings = settings;
    this.sink = sink;
    this.registry = registry;
    this.intake = intake;
  }

  void start(@Observes StartupEvent event) {
    Settings.check(settings);
    Thread.ofPlatform().name("model-loading").start(this::load);
  }

  private void load() {
    try {
      long started = System.nanoTime();
      AnalysisMetrics metrics = new AnalysisMetrics(registry);
      AnalysisRig rig =
          AnalysisRig.open(
              settings,
              new FfmpegDecoder(),
              new Listeners(metrics, new AnalysisLog(), ServiceRun.listener()),
              metrics::encoderBatch,
              metrics::decoderBatch);
      keep(rig);
      AnalysisSettings usual = Engine.analysis(settings, rig.advice(), Optional.empty());
      StreamAnalysis analysis = analysis(rig, usual);
      registry.gauge("chronoscope.queue.bytes", analysis, StreamAnalysis::waitingBytes);
      registry.gauge("chronoscope.streams", analysis, StreamAnalysis::streams);
      List<Double> rates = ServiceRun.rates();
      intake.ready(
          rates.isEmpty()
              ? analysis
              : new RateByName(rates, fps -> analysis(rig, Engine.at(usual, fps)), analysis));
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

  private StreamAnalysis analysis(AnalysisRig rig, AnalysisSettings of) {
    StreamAnalysis analysis = rig.analysis(of, sink);
    keep(analysis);
    return analysis;
  }

  private synchronized void keep(AutoCloseable resource) {
    opened.add(resource);
    if (stopped) {
      closeAll();
    }
  }

  synchronized void stop(@Observes ShutdownEvent event) {
    stopped = true;
    closeAll();
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
