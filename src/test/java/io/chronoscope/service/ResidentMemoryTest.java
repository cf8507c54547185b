package io.chronoscope.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.service.ResidentMemory.Origin;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.ref.WeakReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ResidentMemoryTest {

  private static final String SMAPS =
      """
      687000000-7ffffffff rw-p 00000000 00:00 0
      Size:            1000000 kB
      Rss:                 300 kB
      Pss:                 300 kB
      7f0000000000-7f0000100000 r--s 00000000 08:01 42         /models/3b/model-00001.safetensors
      Rss:                  50 kB
      7f0000200000-7f0000300000 r-xp 00000000 08:01 43         /cache/libonnxruntime.so
      Rss:                   7 kB
      7f0000400000-7f0000500000 r-xp 00000000 08:01 44         /jdk/lib/server/libjvm.so.1
      Rss:                   3 kB
      7f0000600000-7f0000700000 r--p 00000000 08:01 45         /app/start-cache/service.aot
      Rss:                  20 kB
      7f0000800000-7f0000900000 rw-s 00000000 08:01 46         /data/kafka/video.chunks-0/0.index
      Rss:                   4 kB
      7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0          [stack]
      Rss:                  16 kB
      """;

  @Test
  void countsEachMappingByItsOrigin() {
    ResidentMemory memory = ResidentMemory.parse(SMAPS.lines());

    assertThat(memory.residentBytes()).isEqualTo(400 * 1024);
    assertThat(memory.byOrigin())
        .containsEntry(Origin.ANONYMOUS, 316 * 1024L)
        .containsEntry(Origin.WEIGHTS, 50 * 1024L)
        .containsEntry(Origin.LIBRARIES, 10 * 1024L)
        .containsEntry(Origin.CLASSES, 20 * 1024L)
        .containsEntry(Origin.FILES, 4 * 1024L);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void partsOfThisProcessAddUp() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    MemoryMetrics.publish(registry, () -> 0, () -> 0, () -> 0);

    double whole = registry.get("process.resident.memory").gauge().value();
    double parts =
        registry.get("chronoscope.memory.resident").gauges().stream()
            .mapToDouble(Gauge::value)
            .sum();
    assertThat(whole).isGreaterThan(10e6);
    assertThat(parts).isEqualTo(whole);
    assertThat(registry.get("chronoscope.memory.held").tag("holder", "heap").gauge().value())
        .isBetween(1e6, 1e12);
  }

  @Test
  void gaugesKeepTheirValueAfterACollection() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    MemoryMetrics.publish(registry, () -> 1, () -> 2, () -> 3);

    WeakReference<Object> garbage = new WeakReference<>(new Object());
    while (garbage.get() != null) {
      System.gc();
    }

    assertThat(registry.get("chronoscope.memory.held").gauges())
        .hasSize(8)
        .noneMatch(gauge -> Double.isNaN(gauge.value()));
    assertThat(registry.get("chronoscope.memory.held").tag("holder", "embeddings").gauge().value())
        .isEqualTo(2);
  }
}
