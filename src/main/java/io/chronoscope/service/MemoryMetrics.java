package io.chronoscope.service;

import io.chronoscope.service.ResidentMemory.Origin;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Where the memory of this process goes: the resident size, its parts by origin as the kernel
/// counts them, and its parts by holder as the program does. The gauges are the only ones that hold
/// this object, so they take suppliers: a gauge of an object does not keep it from being collected.
final class MemoryMetrics {

  /// Reading all mappings takes some milliseconds; the gauges of one scrape share a reading.
  private static final long MAX_AGE_NANOS = Duration.ofSeconds(2).toNanos();

  private final Map<String, LongSupplier> holders;
  private Optional<ResidentMemory> last = Optional.empty();
  private long lastNanos = System.nanoTime() - MAX_AGE_NANOS;

  private MemoryMetrics(Map<String, LongSupplier> holders) {
    this.holders = holders;
  }

  /// @param pixelBytes direct memory of pictures in use and pooled
  /// @param embeddingBytes direct memory of cached embeddings
  /// @param prefixBytes keys and values of the beginnings that prompts share
  static MemoryMetrics publish(
      MeterRegistry registry,
      LongSupplier pixelBytes,
      LongSupplier embeddingBytes,
      LongSupplier prefixBytes) {
    MemoryMetrics memory =
        new MemoryMetrics(
            Map.of(
                "heap",
                () -> ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted(),
                "metaspace",
                () -> committed("Metaspace"),
                "code",
                () -> committed("Code"),
                "direct",
                () ->
                    Math.max(
                        0, allDirectBytes() - pixelBytes.getAsLong() - embeddingBytes.getAsLong()),
                "pixels",
                pixelBytes,
                "embeddings",
                embeddingBytes,
                "prefixes",
                prefixBytes));
    memory.register(registry);
    return memory;
  }

  /// Direct buffers that no other holder counts.
  long directBytes() {
    return Objects.requireNonNull(holders.get("direct")).getAsLong();
  }

  private void register(MeterRegistry registry) {
    Gauge.builder("process.resident.memory", () -> residentBytes())
        .baseUnit("bytes")
        .description("Resident memory of the process")
        .register(registry);
    for (Origin origin : Origin.values()) {
      Gauge.builder("chronoscope.memory.resident", () -> residentBytes(origin))
          .baseUnit("bytes")
          .tag("origin", origin.name().toLowerCase(Locale.ROOT))
          .description("Resident memory by what it is mapped from; the sum is that of the process")
          .register(registry);
    }
    holders.forEach((holder, bytes) -> held(registry, holder, () -> bytes.getAsLong()));
    held(registry, "native", this::nativeBytes);
  }

  private void held(MeterRegistry registry, String holder, LongSupplier bytes) {
    Gauge.builder("chronoscope.memory.held", bytes::getAsLong)
        .baseUnit("bytes")
        .tag("holder", holder)
        .description("Memory without a file by who holds it; `native` is all that no other counts")
        .register(registry);
  }

  /// What ONNX Runtime, FFmpeg, thread stacks and the JVM itself hold: the rest of the memory
  /// without a file.
  private long nativeBytes() {
    long counted = holders.values().stream().mapToLong(LongSupplier::getAsLong).sum();
    return Math.max(0, (long) residentBytes(Origin.ANONYMOUS) - counted);
  }

  private double residentBytes() {
    return reading().map(reading -> (double) reading.residentBytes()).orElse(Double.NaN);
  }

  private double residentBytes(Origin origin) {
    return reading().map(reading -> (double) reading.bytes(origin)).orElse(Double.NaN);
  }

  private synchronized Optional<ResidentMemory> reading() {
    if (System.nanoTime() - lastNanos >= MAX_AGE_NANOS) {
      last = ResidentMemory.read();
      lastNanos = System.nanoTime();
    }
    return last;
  }

  /// @param name how the names of the JVM's pools begin
  private static long committed(String name) {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.NON_HEAP)
        .filter(pool -> pool.getName().startsWith(name))
        .map(MemoryPoolMXBean::getUsage)
        .mapToLong(usage -> usage.getCommitted())
        .sum();
  }

  /// With pixels and embeddings.
  private static long allDirectBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}
