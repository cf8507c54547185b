package io.chronoscope.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The resident memory of this process by what it is mapped from, from the kernel's list of its
/// mappings.
///
/// @param residentBytes in all
/// @param byOrigin its parts; together they are `residentBytes`
record ResidentMemory(long residentBytes, Map<Origin, Long> byOrigin) {

  private static final Path MAPPINGS = Path.of("/proc/self/smaps");

  /// What a mapping is from.
  enum Origin {
    /// Files of weights: the checkpoint's and quantized ones. The kernel takes the pages back when
    /// it needs them.
    WEIGHTS,
    /// Code and data of native libraries and of the JVM.
    LIBRARIES,
    /// Jars, modules and start caches.
    CLASSES,
    /// Everything without a file: the Java heap, class metadata, compiled code, thread stacks,
    /// direct buffers, and what native libraries allocate.
    ANONYMOUS,
    /// Any other file, such as the index and the log of an embedded broker.
    FILES
  }

  long bytes(Origin origin) {
    return byOrigin.getOrDefault(origin, 0L);
  }

  /// Empty on systems other than Linux.
  static Optional<ResidentMemory> read() {
    if (!Files.isReadable(MAPPINGS)) {
      return Optional.empty();
    }
    try (Stream<String> lines = Files.lines(MAPPINGS)) {
      return Optional.of(parse(lines));
    } catch (IOException | java.io.UncheckedIOException e) {
      return Optional.empty();
    }
  }

  /// @param lines in the format of `/proc/PID/smaps`
  static ResidentMemory parse(Stream<String> lines) {
    Map<Origin, Long> parts = new EnumMap<>(Origin.class);
    for (Origin origin : Origin.values()) {
      parts.put(origin, 0L);
    }
    Origin[] current = {Origin.ANONYMOUS};
    lines.forEach(line -> {
      if (line.startsWith("Rss:")) {
        parts.merge(current[0], 1024 * Long.parseLong(line.replaceAll("\\D", "")), Long::sum);
      } else if (isHeading(line)) {
        current[0] = originOf(line);
      }
    });
    return new ResidentMemory(
        parts.values().stream().mapToLong(Long::longValue).sum(), Map.copyOf(parts));
  }

  /// A mapping begins with its addresses, `55d0c8a00000-55d0c8a01000 r--p 00000000 08:01 42 /file`.
  private static boolean isHeading(String line) {
    int dash = line.indexOf('-');
    int space = line.indexOf(' ');
    return dash > 0 && dash < space && Character.digit(line.charAt(0), 16) >= 0;
  }

  private static Origin originOf(String heading) {
    int path = heading.indexOf('/');
    if (path < 0) {
      return Origin.ANONYMOUS;
    }
    String file = heading.substring(path);
    if (file.endsWith(".safetensors")) {
      return Origin.WEIGHTS;
    }
    if (file.endsWith(".so") || file.contains(".so.")) {
      return Origin.LIBRARIES;
    }
    if (file.endsWith(".jar")
        || file.endsWith(".aot")
        || file.endsWith(".jsa")
        || file.endsWith("/lib/modules")) {
      return Origin.CLASSES;
    }
    return Origin.FILES;
  }
}
