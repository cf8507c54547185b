package io.chronoscope.service;

import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfiguredDecoding;
import io.chronoscope.decode.MediaFiles;
import io.chronoscope.decode.worker.DecodeEvent;
import io.chronoscope.decode.worker.DecodePool;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/// The decoders that streams, questions, thumbnails and uploads share, and the workers that open
/// files.
@ApplicationScoped
class DecodeBeans {

  @Produces
  @Singleton
  DecodePool decoders(ChronoscopeConfig settings, MeterRegistry registry) {
    DecodeMetrics metrics = new DecodeMetrics(registry);
    DecodeLog log = new DecodeLog();
    DecodePool pool =
        ConfiguredDecoding.decoders(
            settings,
            event -> {
              metrics.on(event);
              log.on(event);
            });
    metrics.watch(pool);
    return pool;
  }

  @Produces
  @Singleton
  MediaFiles files(ChronoscopeConfig settings, MeterRegistry registry) {
    DecodeMetrics metrics = new DecodeMetrics(registry);
    DecodeLog log = new DecodeLog();
    return ConfiguredDecoding.files(
        settings,
        event -> {
          metrics.on(event);
          if (event instanceof DecodeEvent.WorkerLost) {
            log.on(event);
          }
        });
  }

  void close(@Disposes DecodePool pool) {
    pool.close();
  }

  void close(@Disposes MediaFiles files) {
    files.close();
  }
}
