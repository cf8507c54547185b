package io.chronoscope.service;

import io.chronoscope.domain.ModelRef;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;

/// Metrics that are always 1 and whose labels say what runs: `chronoscope_build_info` and
/// `chronoscope_model_info`, to join with others and to see an upgrade in a graph.
final class InfoMetrics {

  private InfoMetrics() {}

  static void publish(MeterRegistry registry, ModelRef model, String device) {
    Gauge.builder("chronoscope.build.info", () -> 1)
        .description("The running build: version and Java runtime")
        .tag(
            "version",
            Optional.ofNullable(InfoMetrics.class.getPackage().getImplementationVersion())
                .orElse("development"))
        .tag("java", Runtime.version().toString())
        .register(registry);
    Gauge.builder("chronoscope.model.info", () -> 1)
        .description("The model in use: checkpoint, its revision, and the device that computes")
        .tag("name", model.name())
        .tag("revision", model.revision())
        .tag("device", device)
        .register(registry);
  }
}
