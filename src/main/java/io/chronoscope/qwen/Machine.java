package io.chronoscope.qwen;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What the machine offers to a model on the CPU, as far as the operating system says so.
///
/// @param availableBytes memory that can still be used, within the limits of this process's control
///   group; empty where it is unknown
/// @param integerProducts what 8-bit products cost
record Machine(OptionalLong availableBytes, IntegerProducts integerProducts) {

  /// Products of 8-bit integers on this CPU.
  enum IntegerProducts {
    /// Instructions that multiply and add four pairs into 32 bits (VNNI on x86, dot products on
    /// ARM): exact, and several times as fast as FP32.
    EXACT,
    /// The runtime adds pairs of products in 16 bits, which can saturate.
    SATURATING,
    /// Not an operating system that says so.
    UNKNOWN
  }

  private static final Pattern AVAILABLE = Pattern.compile("MemAvailable:\\s+(\\d+) kB");

  /// This machine.
  static Machine read() {
    return read(Path.of("/"));
  }

  /// @param root of the file system, or of a copy of parts of it
  static Machine read(Path root) {
    return new Machine(available(root), integerProducts(root));
  }

  private static OptionalLong available(Path root) {
    Matcher matcher = AVAILABLE.matcher(text(root.resolve("proc/meminfo")));
    OptionalLong free =
        matcher.find()
            ? OptionalLong.of(Long.parseLong(matcher.group(1)) << 10)
            : OptionalLong.empty();
    return Stream.of(free, withinGroup(root))
        .filter(OptionalLong::isPresent)
        .mapToLong(OptionalLong::getAsLong)
        .min();
  }

  /// What the limit of a container leaves; file pages that count as used can be taken back.
  private static OptionalLong withinGroup(Path root) {
    Path group = root.resolve("sys/fs/cgroup");
    OptionalLong limit = number(text(group.resolve("memory.max")));
    OptionalLong used = number(text(group.resolve("memory.current")));
    if (limit.isEmpty() || used.isEmpty()) {
      return OptionalLong.empty();
    }
    long reclaimable =
        text(group.resolve("memory.stat"))
            .lines()
            .filter(line -> line.startsWith("inactive_file ") || line.startsWith("active_file "))
            .mapToLong(line -> number(line.substring(line.indexOf(' ') + 1)).orElse(0))
            .sum();
    return OptionalLong.of(limit.getAsLong() - used.getAsLong() + reclaimable);
  }

  private static OptionalLong number(String text) {
    String trimmed = text.trim();
    return trimmed.matches("\\d{1,18}")
        ? OptionalLong.of(Long.parseLong(trimmed))
        : OptionalLong.empty();
  }

  private static IntegerProducts integerProducts(Path root) {
    List<String> flags =
        text(root.resolve("proc/cpuinfo"))
            .lines()
            .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
            .findFirst()
            .map(line -> Arrays.asList(line.substring(line.indexOf(':') + 1).trim().split("\\s+")))
            .orElse(List.of());
    if (flags.isEmpty()) {
      return IntegerProducts.UNKNOWN;
    }
    boolean exact =
        Stream.of("avx512_vnni", "avx_vnni", "asimddp", "i8mm").anyMatch(flags::contains);
    return exact ? IntegerProducts.EXACT : IntegerProducts.SATURATING;
  }

  /// @return empty when there is no such file
  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }
}
