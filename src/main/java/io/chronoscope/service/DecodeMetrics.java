package io.chronoscope.service;

import io.chronoscope.decode.worker.DecodeEvent;
import io.chronoscope.decode.worker.DecodeEvent.WorkerLost;
import io.chronoscope.decode.worker.DecodeEvent.WorkerNotStarted;
import io.chronoscope.decode.worker.DecodeEvent.WorkerReady;
import io.chronoscope.decode.worker.DecodeEvent.WorkerRecycled;
import io.chronoscope.decode.worker.DecodeListener;
import io.chronoscope.decode.worker.DecodePool;
import io.chronoscope.decode.worker.LossCause;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Locale;

/// Metrics of the decoders and their worker processes.
final class DecodeMetrics implements DecodeListener {

  private final MeterRegistry registry;
  private final Counter started;
  private final Counter recycled;
  private final Counter notStarted;

  DecodeMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.started =
        counter("chronoscope.decode.workers.started", "Decode workers started, the first included");
    this.recycled =
        counter(
            "chronoscope.decode.workers.recycled",
            "Decode workers replaced after a chunk that took much memory");
    this.notStarted =
        counter("chronoscope.decode.workers.failed", "Failed attempts to start a decode worker");
    List.of(LossCause.values()).forEach(this::lost);
  }

  static void watch(MeterRegistry registry, DecodePool pool) {
    Gauge.builder("chronoscope.decode.workers", pool, DecodePool::size)
        .description("Chunks that can be decoded at the same time")
        .register(registry);
    Gauge.builder("chronoscope.decode.busy", pool, DecodePool::busy)
        .description("Chunks that are being decoded")
        .register(registry);
    Gauge.builder("chronoscope.decode.waiting", pool, DecodePool::waiting)
        .description("Chunks that wait for a decoder")
        .register(registry);
  }

  @Override
  public void on(DecodeEvent event) {
    switch (event) {
      case WorkerReady ready -> started.increment();
      case WorkerLost lost -> lost(lost.cause()).increment();
      case WorkerRecycled worker -> recycled.increment();
      case WorkerNotStarted failed -> notStarted.increment();
    }
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }

  private Counter lost(LossCause cause) {
    return Counter.builder("chronoscope.decode.workers.lost")
        .description("Decode workers that died, or were killed because of a limit")
        .tag("cause", cause.name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .register(registry);
  }
}
