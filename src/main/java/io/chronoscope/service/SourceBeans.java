package io.chronoscope.service;

import io.chronoscope.client.ConsumerSettings;
import io.chronoscope.client.OwnedChunkSink;
import io.chronoscope.client.SharedSources;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfiguredDecoding;
import io.chronoscope.config.LayerSettings;
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
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jboss.logging.Logger;

/// The live sources that the service reads (`chronoscope.sources`).
@ApplicationScoped
class SourceBeans {

  private static final Logger LOG = Logger.getLogger(SourceBeans.class);

  private volatile Optional<SharedSources> sources = Optional.empty();

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
    String group = settings.kafka().group();
    SharedSources started =
        SharedSources.start(
            plans,
            LiveSourceSettings.shared(settings),
            new KafkaConsumer<>(
                ConsumerSettings.inGroup(kafka, group + "-sources"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer()),
            names.of(Topic.CHUNKS),
            (stream, partition) ->
                new OwnedChunkSink(
                    kafka,
                    group,
                    partition,
                    stream,
                    LayerSettings.source(settings, "sources"),
                    new SendTraces(tracing)),
            ConfiguredDecoding.live(settings, DecodeBeans.listener(registry)),
            InstantSource.system(),
            SourceBeans::log);
    sources = Optional.of(started);
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
      case SourceEvent.Failed failed -> LOG.warn(line);
      case SourceEvent.Gap gap -> LOG.warn(line);
      case SourceEvent.ClockJumped jumped -> LOG.warn(line);
      case SourceEvent.Held held -> LOG.warn(line);
      case SourceEvent.Dropped dropped -> LOG.warn(line);
    }
  }

  List<SourceStatus> status() {
    return sources.map(SharedSources::status).orElse(List.of());
  }

  void stop(@Observes ShutdownEvent event) {
    sources.ifPresent(SharedSources::close);
  }
}
