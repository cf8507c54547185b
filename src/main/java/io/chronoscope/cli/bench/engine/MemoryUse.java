package io.chronoscope.cli.bench.engine;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/// Memory of this process and of its GPU.
///
/// @param heapBytes peak of the Java heap since [#resetPeak()], garbage included
/// @param rssBytes resident size now; the runtime keeps its working memory, so that it is that of
///   the largest run so far. Empty where the system does not report it
/// @param deviceBytes in use on the GPU now, by all processes; empty without a GPU or its tools
record MemoryUse(long heapBytes, OptionalLong rssBytes, OptionalLong deviceBytes) {

  private static final Path STATUS = Path.of("/proc/self/status");

  static void resetPeak() {
    heapPools().forEach(MemoryPoolMXBean::resetPeakUsage);
  }

  /// @param gpu the driver's number of the GPU in use; empty for none
  static MemoryUse read(OptionalLong gpu) {
    long heap = heapPools().stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
    return new MemoryUse(
        heap, residentBytes(), gpu.isPresent() ? deviceBytes(gpu) : OptionalLong.empty());
  }

  private static List<MemoryPoolMXBean> heapPools() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .toList();
  }

  private static OptionalLong residentBytes() {
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst();
    } catch (IOException | NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  private static OptionalLong deviceBytes(OptionalLong gpu) {
    try {
      Process query =
          new ProcessBuilder(
                  "nvidia-smi",
                  "--query-gpu=memory.used",
                  "--format=csv,noheader,nounits",
                  "--id=" + gpu.getAsLong())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String mebibytes =
          new String(query.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return OptionalLong.of(Long.parseLong(mebibytes) << 20);
    } catch (IOException | NumberFormatException e) {
      return OptionalLong.empty();
    }
  }
}
