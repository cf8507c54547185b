package io.chronoscope.messaging;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/// Metrics of all producers of this instance together: each partition has one of its own, and a
/// label for each would grow with the partitions. Totals include closed producers. Thread-safe.
final class ProducerMetrics {

  private static final String GROUP = "producer-metrics";

  private final Set<Producer<?, ?>> open = ConcurrentHashMap.newKeySet();
  private final Map<String, Double> closed = new HashMap<>();

  ProducerMetrics(MeterRegistry registry) {
    Gauge.builder("chronoscope.producers", open, Set::size)
        .description("Open producers: one for each partition with exactly-once delivery")
        .register(registry);
    total(registry, "records.sent", "record-send-total", "Records sent");
    total(registry, "records.retried", "record-retry-total", "Records sent again");
    total(registry, "records.failed", "record-error-total", "Records that were not sent");
    total(registry, "bytes.sent", "outgoing-byte-total", "Bytes sent to the brokers");
    most(
        registry,
        "request.latency.seconds",
        "request-latency-avg",
        "Mean time of a request, of the slowest producer, over the last half minute",
        millis -> millis / 1e3);
    most(
        registry,
        "queue.seconds",
        "record-queue-time-avg",
        "Mean time of records before they are sent, of the slowest producer",
        millis -> millis / 1e3);
  }

  private void total(MeterRegistry registry, String name, String metric, String description) {
    FunctionCounter.builder("chronoscope.producer." + name, this, self -> self.total(metric))
        .description(description)
        .register(registry);
  }

  private void most(
      MeterRegistry registry,
      String name,
      String metric,
      String description,
      ToDoubleFunction<Double> unit) {
    Gauge.builder("chronoscope.producer." + name, () -> unit.applyAsDouble(most(metric)))
        .description(description)
        .register(registry);
  }

  void opened(Producer<?, ?> producer) {
    open.add(producer);
  }

  /// To be called before the producer is closed.
  synchronized void closing(Producer<?, ?> producer) {
    if (open.remove(producer)) {
      for (String metric :
          new String[] {
            "record-send-total", "record-retry-total", "record-error-total", "outgoing-byte-total"
          }) {
        closed.merge(metric, value(producer, metric), Double::sum);
      }
    }
  }

  private synchronized double total(String metric) {
    return closed.getOrDefault(metric, 0.0)
        + open.stream().mapToDouble(producer -> value(producer, metric)).sum();
  }

  private double most(String metric) {
    return open.stream().mapToDouble(producer -> value(producer, metric)).max().orElse(0);
  }

  private static double value(Producer<?, ?> producer, String name) {
    double value = 0;
    for (Map.Entry<MetricName, ? extends Metric> metric : producer.metrics().entrySet()) {
      if (metric.getKey().name().equals(name)
          && metric.getKey().group().equals(GROUP)
          && metric.getValue().metricValue() instanceof Number number
          && Double.isFinite(number.doubleValue())) {
        value += number.doubleValue();
      }
    }
    return value;
  }
}
