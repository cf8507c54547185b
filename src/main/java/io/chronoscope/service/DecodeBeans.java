package io.chronoscope.service;

import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.decode.worker.DecodePool;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/// The decoders that streams, questions, thumbnails and uploads share.
@ApplicationScoped
class DecodeBeans {

  @Produces
  @Singleton
  DecodePool decoders(ChronoscopeConfig settings, MeterRegistry registry) {
    DecodeMetrics metrics = new DecodeMetrics(registry);
    DecodeLog log = new DecodeLog();
    DecodePool pool =
        LayerSettings.decoders(
            settings,
            event -> {
              metrics.on(event);
              log.on(event);
            });
    metrics.watch(pool);
    return pool;
  }

  void close(@Disposes DecodePool pool) {
    pool.close();
  }
}
