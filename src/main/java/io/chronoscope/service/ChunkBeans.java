package io.chronoscope.service;

import io.chronoscope.analysis.Intake;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.messaging.MessagingMetrics;
import io.chronoscope.messaging.chunk.ChunkFeed;
import io.chronoscope.messaging.chunk.LagMonitor;
import io.chronoscope.messaging.chunk.StateReader;
import io.chronoscope.messaging.delivery.ChunkOffsets;
import io.chronoscope.messaging.delivery.Delivery;
import io.chronoscope.messaging.delivery.KafkaCommitSink;
import io.chronoscope.messaging.delivery.MessagingFailure;
import io.chronoscope.wire.ChunkEnvelope;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;

/// Chunks on their way from the channel into the analysis, and their lag. The [ChunkFeed] gets its
/// records from [ChunkChannel].
@ApplicationScoped
class ChunkBeans {

  private static final long LAG_INTERVAL_MS = 2000;

  private final List<AutoCloseable> closeables = new ArrayList<>();

  @Produces
  @Singleton
  DeferredIntake intake() {
    return new DeferredIntake();
  }

  @Produces
  @Singleton
  ChunkEnvelope envelope(ChronoscopeConfig settings) {
    return new ChunkEnvelope(Math.toIntExact(settings.kafka().maxChunkBytes().asLongValue()));
  }

  @Produces
  @Singleton
  StateReader stateReader(
      @Identifier(KafkaBeans.CLIENT) Map<String, Object> kafka, TopicNames names) {
    return StateReader.from(kafka, names.of(Topic.STATE));
  }

  @Produces
  @Singleton
  ChunkFeed feed(
      ChunkEnvelope envelope,
      Intake intake,
      StateReader states,
      Delivery delivery,
      KafkaCommitSink sink,
      ChunkOffsets offsets,
      MessagingFailure failure,
      MessagingMetrics metrics) {
    return new ChunkFeed(envelope, intake, states, delivery, sink, offsets, failure, metrics);
  }

  void monitorLag(
      @Observes StartupEvent event,
      @Identifier(KafkaBeans.CLIENT) Map<String, Object> kafka,
      ChunkOffsets offsets,
      MessagingMetrics metrics) {
    Admin admin = Admin.create(kafka);
    closeables.add(admin);
    ScheduledExecutorService scheduler =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("lag-monitor").daemon().factory());
    closeables.add(scheduler::shutdownNow);
    var unused =
        scheduler.scheduleWithFixedDelay(
            new LagMonitor(admin, offsets, metrics), 0, LAG_INTERVAL_MS, TimeUnit.MILLISECONDS);
  }

  void stop(@Observes ShutdownEvent event) throws Exception {
    for (AutoCloseable closeable : closeables.reversed()) {
      closeable.close();
    }
  }
}
