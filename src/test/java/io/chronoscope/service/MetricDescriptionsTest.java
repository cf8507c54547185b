package io.chronoscope.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.domain.ModelRef;
import io.chronoscope.messaging.MessagingMetrics;
import io.chronoscope.shedding.LoadGovernor;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetricDescriptionsTest {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @Test
  void everyMetricHasAHelpText() {
    new AnalysisMetrics(registry).watchShedding(LoadGovernor.off());
    var unusedBatches = new BatchMetrics(registry);
    var unusedMessaging = new MessagingMetrics(registry);
    SourceMetrics.publish(registry, List::of);
    SourceMetrics.publishEach(registry, List.of("gate"), List::of);
    InfoMetrics.publish(registry, new ModelRef("demo", "1"), "cpu");

    assertThat(registry.getMeters())
        .hasSizeGreaterThan(30)
        .extracting(Meter::getId)
        // The simple registry shows the buckets of a histogram as gauges of their own.
        .filteredOn(
            id -> !id.getName().endsWith(".histogram") && !id.getName().endsWith(".percentile"))
        .allSatisfy(id -> assertThat(id.getDescription()).as(id.getName()).isNotBlank());
  }

  @Test
  void metricsOfLibrariesGetOne() {
    registry.config().meterFilter(new FrameworkMetrics());
    registry.gauge("http.server.active.requests", 1);
    registry.gauge("something.else", 1);
    Gauge.builder("kafka.consumer.node.request.latency.max", () -> 1)
        .description("")
        .register(registry);

    assertThat(
            registry
                .get("kafka.consumer.node.request.latency.max")
                .gauge()
                .getId()
                .getDescription())
        .isEqualTo("Kafka client: consumer node request latency max");
    assertThat(registry.get("http.server.active.requests").gauge().getId().getDescription())
        .isEqualTo("HTTP requests that are being answered");
    assertThat(registry.get("something.else").gauge().getId().getDescription()).isNull();
  }
}
