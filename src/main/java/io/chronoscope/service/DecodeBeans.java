package io.chronoscope.service;

import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfiguredDecoding;
import io.chronoscope.decode.MediaFiles;
import io.chronoscope.decode.worker.DecodeListener;
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
    DecodePool pool = ConfiguredDecoding.decoders(settings, listener(registry));
    DecodeMetrics.watch(registry, pool);
    return pool;
  }

  /// Counts and logs what happens to workers.
  static DecodeListener listener(MeterRegistry registry) {
    DecodeMetrics metrics = new DecodeMetrics(registry);
    DecodeLog log = new DecodeLog();
    return event -> {
      metrics.on(event);
      log.on(event);
    };
  }

  @Produces
  @Singleton
  MediaFiles files(ChronoscopeConfig settings, MeterRegistry registry) {
    return ConfiguredDecoding.files(settings, listener(registry));
  }

  void close(@Disposes DecodePool pool) {
    pool.close();
  }

  void close(@Disposes MediaFiles files) {
    files.close();
  }
}
