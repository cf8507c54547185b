package io.chronoscope.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.junit.jupiter.api.Test;

class ProducerMetricsTest {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final ProducerMetrics metrics = new ProducerMetrics(registry);

  private record Value(MetricName metricName, Object metricValue) implements Metric {}

  private static MockProducer<String, byte[]> producer(double sent, double latencyMs) {
    MockProducer<String, byte[]> producer = new MockProducer<>();
    Map.of("record-send-total", sent, "request-latency-avg", latencyMs)
        .forEach((name, value) -> {
          MetricName metric = new MetricName(name, "producer-metrics", "", Map.of());
          producer.setMockMetrics(metric, new Value(metric, value));
        });
    return producer;
  }

  @Test
  void sumsTotalsOverProducersAndShowsTheSlowest() {
    metrics.opened(producer(10, 4));
    metrics.opened(producer(5, Double.NaN));

    assertThat(sent()).isEqualTo(15);
    assertThat(registry.get("chronoscope.producer.request.latency.seconds").gauge().value())
        .isEqualTo(0.004);
    assertThat(registry.get("chronoscope.producers").gauge().value()).isEqualTo(2);
  }

  @Test
  void totalsDoNotFallWhenAPartitionIsRevoked() {
    MockProducer<String, byte[]> revoked = producer(10, 4);
    metrics.opened(revoked);
    metrics.opened(producer(5, 1));

    metrics.closing(revoked);

    assertThat(sent()).isEqualTo(15);
    assertThat(registry.get("chronoscope.producers").gauge().value()).isEqualTo(1);
  }

  private double sent() {
    return registry.get("chronoscope.producer.records.sent").functionCounter().count();
  }
}
