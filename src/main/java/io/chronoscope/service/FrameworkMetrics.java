package io.chronoscope.service;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import java.util.Map;

/// Help texts of metrics that libraries publish without one.
final class FrameworkMetrics implements MeterFilter {

  private static final Map<String, String> DESCRIPTIONS =
      Map.of(
          "http.server.active.requests",
          "HTTP requests that are being answered",
          "netty.allocator.memory.used",
          "Bytes that Netty's allocator has reserved",
          "netty.allocator.memory.pinned",
          "Bytes of Netty's allocator that buffers in use take",
          "netty.allocator.pooled.arenas",
          "Arenas of Netty's allocator",
          "netty.allocator.pooled.cache.size",
          "Bytes that each of Netty's thread caches may hold, by kind",
          "netty.allocator.pooled.threadlocal.caches",
          "Thread caches of Netty's allocator",
          "netty.allocator.pooled.chunk.size",
          "Bytes that Netty's allocator reserves at once",
          "netty.eventexecutor.tasks.pending",
          "Tasks that wait for a thread of Netty");

  /// Metrics of single brokers, which the Kafka client describes by nothing.
  private static final String KAFKA = "kafka.";

  @Override
  public Meter.Id map(Meter.Id id) {
    String stated = id.getDescription();
    return stated != null && !stated.isBlank() ? id : described(id);
  }

  private static Meter.Id described(Meter.Id id) {
    String name = id.getName();
    String description = DESCRIPTIONS.get(name);
    if (description == null && name.startsWith(KAFKA)) {
      description = "Kafka client: " + name.substring(KAFKA.length()).replace('.', ' ');
    }
    return description == null
        ? id
        : new Meter.Id(
            name, Tags.of(id.getTagsAsIterable()), id.getBaseUnit(), description, id.getType());
  }
}
