package io.chronoscope.service;

import io.chronoscope.live.SourceState;
import io.chronoscope.live.SourceStatus;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/// Metrics of the live sources that the service reads.
final class SourceMetrics {

  private final MeterRegistry registry;
  private final String stream;
  private final Supplier<List<SourceStatus>> all;

  private SourceMetrics(MeterRegistry registry, String stream, Supplier<List<SourceStatus>> all) {
    this.registry = registry;
    this.stream = stream;
    this.all = all;
  }

  /// Publishes the number of sources in each state, whether there are any or not.
  static void publish(MeterRegistry registry, Supplier<List<SourceStatus>> all) {
    for (String state : SourceState.NAMES) {
      // A supplier is kept; a state object would be referred to weakly.
      Gauge.builder(
              "chronoscope.sources",
              () -> all.get().stream().filter(one -> one.state().name().equals(state)).count())
          .description("Live sources that the service reads, by state")
          .tag("state", state)
          .register(registry);
    }
  }

  /// Publishes the figures of each source.
  static void publishEach(
      MeterRegistry registry, List<String> streams, Supplier<List<SourceStatus>> all) {
    for (String stream : streams) {
      new SourceMetrics(registry, stream, all).publish();
    }
  }

  private void publish() {
    counter("frames", "Frames received from a live source", SourceStatus::frames);
    counter("bytes", "Bytes of the chunks cut from a live source", SourceStatus::bytes);
    counter("chunks.sent", "Chunks of a live source that are in Kafka", SourceStatus::sent);
    counter(
        "chunks.dropped",
        "Chunks of a live source that were lost here: the spool was full or could not be used",
        SourceStatus::dropped);
    counter("reconnects", "Connections to a live source after the first", SourceStatus::reconnects);
    counter("gaps", "Times for which a live source sent no video", SourceStatus::gaps);
    gauge("spool.chunks", "Chunks of a live source that wait for Kafka", SourceStatus::waiting);
    gauge("spool.bytes", "Bytes of the chunks that wait for Kafka", SourceStatus::waitingBytes);
    gauge(
        "lag.seconds",
        "How far what is in Kafka of a live source trails the present",
        status -> status.lag(Instant.now()).toMillis() / 1e3);
  }

  private void counter(String name, String description, ToDoubleFunction<SourceStatus> value) {
    FunctionCounter.builder("chronoscope.source." + name, this, one -> one.current(value))
        .description(description)
        .tag("stream", stream)
        .register(registry);
  }

  private void gauge(String name, String description, ToDoubleFunction<SourceStatus> value) {
    Gauge.builder("chronoscope.source." + name, () -> current(value))
        .description(description)
        .tag("stream", stream)
        .register(registry);
  }

  private double current(ToDoubleFunction<SourceStatus> value) {
    return all.get().stream()
        .filter(one -> one.stream().equals(stream))
        .mapToDouble(value)
        .findFirst()
        .orElse(0);
  }
}
