package io.chronoscope.messaging;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/// Metrics of all producers of this instance together: each partition has one of its own, and a
/// label for each would grow with the partitions. Totals include closed producers. Thread-safe.
final class ProducerMetrics {

  private static final String GROUP = "producer-metrics";

  /// Metrics of a producer that only grow.
  private enum Total {
    RECORDS_SENT("records.sent", "record-send-total", "Records sent"),
    RECORDS_RETRIED("records.retried", "record-retry-total", "Records sent again"),
    RECORDS_FAILED("records.failed", "record-error-total", "Records that were not sent"),
    BYTES_SENT("bytes.sent", "outgoing-byte-total", "Bytes sent to the brokers");

    private final String name;
    private final String metric;
    private final String description;

    /// @param metric its name in Kafka
    Total(String name, String metric, String description) {
      this.name = name;
      this.metric = metric;
      this.description = description;
    }
  }

  private final Set<Producer<?, ?>> open = ConcurrentHashMap.newKeySet();
  private final Map<Total, Double> closed = new EnumMap<>(Total.class);

  ProducerMetrics(MeterRegistry registry) {
    Gauge.builder("chronoscope.producers", open, Set::size)
        .description("Open producers: one for each partition with exactly-once delivery")
        .register(registry);
    for (Total total : Total.values()) {
      FunctionCounter.builder("chronoscope.producer." + total.name, this, self -> self.value(total))
          .description(total.description)
          .register(registry);
    }
    slowest(
        registry,
        "request.latency.seconds",
        "request-latency-avg",
        "Mean time of a request, of the slowest producer, over the last half minute");
    slowest(
        registry,
        "queue.seconds",
        "record-queue-time-avg",
        "Mean time of records before they are sent, of the slowest producer");
  }

  /// @param metric in milliseconds
  private void slowest(MeterRegistry registry, String name, String metric, String description) {
    Gauge.builder("chronoscope.producer." + name, () -> most(metric) / 1e3)
        .description(description)
        .register(registry);
  }

  void opened(Producer<?, ?> producer) {
    open.add(producer);
  }

  /// To be called before the producer is closed.
  synchronized void closing(Producer<?, ?> producer) {
    if (open.remove(producer)) {
      for (Total total : Total.values()) {
        closed.merge(total, value(producer, total.metric), Double::sum);
      }
    }
  }

  private synchronized double value(Total total) {
    return closed.getOrDefault(total, 0.0)
        + open.stream().mapToDouble(producer -> value(producer, total.metric)).sum();
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
