package io.chronoscope.service;

import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.messaging.MessagingMetrics;
import io.chronoscope.tracing.StreamTraces;
import io.chronoscope.tracing.Tracing;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/// Traces and metrics.
@ApplicationScoped
class TelemetryBeans {

  @Produces
  @Singleton
  Tracing tracing(ChronoscopeConfig settings) {
    return Tracing.open(settings.tracing(), System::getenv);
  }

  void close(@Disposes Tracing tracing) {
    tracing.close();
  }

  @Produces
  @Singleton
  StreamTraces traces(Tracing tracing) {
    return new StreamTraces(tracing);
  }

  /// Quarkus applies it to the registry.
  @Produces
  @Singleton
  MeterFilter descriptions() {
    return new FrameworkMetrics();
  }

  @Produces
  @Singleton
  MessagingMetrics metrics(MeterRegistry registry) {
    return new MessagingMetrics(registry);
  }
}
