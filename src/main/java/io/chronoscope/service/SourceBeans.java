package io.chronoscope.service;

import io.chronoscope.client.ChunkPublisher;
import io.chronoscope.client.KafkaChunkSink;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.config.LiveSourceSettings;
import io.chronoscope.live.LiveSources;
import io.chronoscope.live.SourceEvent;
import io.chronoscope.live.SourceMessages;
import io.chronoscope.live.SourceStatus;
import io.chronoscope.tracing.SendTraces;
import io.chronoscope.tracing.Tracing;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/// The live sources that the service reads (`chronoscope.sources`).
@ApplicationScoped
class SourceBeans {

  private static final Logger LOG = Logger.getLogger(SourceBeans.class);
  private static final URI SOURCE = URI.create("/chronoscope/sources");

  private final List<AutoCloseable> opened = new ArrayList<>();
  private volatile Optional<LiveSources> sources = Optional.empty();

  void start(
      @Observes StartupEvent event,
      ChronoscopeConfig settings,
      @Identifier(KafkaBeans.CLIENT) Map<String, Object> kafka,
      TopicNames names,
      Tracing tracing,
      MeterRegistry registry) {
    List<LiveSources.Plan> plans = LiveSourceSettings.plans(settings);
    SourceMetrics.publish(registry, this::status);
    if (plans.isEmpty()) {
      return;
    }
    ChunkPublisher publisher =
        new ChunkPublisher(
            KafkaChunkSink.properties(kafka),
            names.of(Topic.CHUNKS),
            SOURCE,
            new SendTraces(tracing));
    opened.add(publisher);
    try {
      LiveSources started =
          LiveSources.start(
              plans,
              LiveSourceSettings.shared(settings),
              new KafkaChunkSink(publisher),
              InputStream.nullInputStream(),
              InstantSource.system(),
              SourceBeans::log);
      opened.add(started);
      sources = Optional.of(started);
    } catch (IOException e) {
      throw new EnvironmentException(String.valueOf(e.getMessage()), e);
    }
    SourceMetrics.publishEach(
        registry, plans.stream().map(LiveSources.Plan::stream).toList(), this::status);
  }

  private static void log(SourceEvent event) {
    String line = "source stream=%s %s".formatted(event.stream(), SourceMessages.of(event));
    switch (event) {
      case SourceEvent.Sent sent -> LOG.debug(line);
      case SourceEvent.Connected connected -> LOG.info(line);
      case SourceEvent.Resumed resumed -> LOG.info(line);
      case SourceEvent.Ended ended -> LOG.info(line);
      case SourceEvent.Lost lost -> LOG.warn(line);
      case SourceEvent.Gap gap -> LOG.warn(line);
      case SourceEvent.ClockJumped jumped -> LOG.warn(line);
      case SourceEvent.Held held -> LOG.warn(line);
      case SourceEvent.Dropped dropped -> LOG.warn(line);
    }
  }

  List<SourceStatus> status() {
    return sources.map(LiveSources::status).orElse(List.of());
  }

  void stop(@Observes ShutdownEvent event) throws Exception {
    for (AutoCloseable one : opened.reversed()) {
      one.close();
    }
    opened.clear();
  }
}
