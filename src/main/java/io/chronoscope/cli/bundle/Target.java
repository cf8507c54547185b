package io.chronoscope.cli.bundle;

import io.chronoscope.config.EnvironmentException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// A platform that bundles run on. The Java runtime inside a bundle is that of the machine that
/// makes it, which must be of the same platform.
enum Target {
  LINUX_X64("linux", "amd64"),
  LINUX_ARM64("linux", "aarch64");

  private final String osName;
  private final String osArch;

  Target(String osName, String osArch) {
    this.osName = osName;
    this.osArch = osArch;
  }

  /// The name on the command line.
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public String toString() {
    return label();
  }

  /// @throws IllegalArgumentException when there is no such target; names those that exist
  static Target parse(String name) {
    for (Target target : values()) {
      if (target.label().equalsIgnoreCase(name)) {
        return target;
      }
    }
    throw new IllegalArgumentException("bundles exist for %s, not for %s".formatted(all(), name));
  }

  /// @throws EnvironmentException when there are no bundles and images for this machine
  static Target ofThisMachine() {
    for (Target target : values()) {
      if (target.isThisMachine()) {
        return target;
      }
    }
    throw new EnvironmentException(
        "images are made on %s; this is %s %s"
            .formatted(all(), System.getProperty("os.name"), System.getProperty("os.arch")));
  }

  private static String all() {
    return Arrays.stream(values()).map(Target::label).collect(Collectors.joining(" and "));
  }

  /// The name in the build of FFmpeg (`javacpp.platform`).
  String javacppPlatform() {
    return switch (this) {
      case LINUX_X64 -> "linux-x86_64";
      case LINUX_ARM64 -> "linux-arm64";
    };
  }

  /// The name of the architecture in images.
  String ociArchitecture() {
    return switch (this) {
      case LINUX_X64 -> "amd64";
      case LINUX_ARM64 -> "arm64";
    };
  }

  boolean isThisMachine() {
    return osName.equals(System.getProperty("os.name").toLowerCase(Locale.ROOT))
        && osArch.equals(System.getProperty("os.arch"));
  }

  /// Whether a native library inside a jar is for this platform, judged by its path.
  boolean owns(String path) {
    String name = path.toLowerCase(Locale.ROOT);
    return markers().stream().anyMatch(name::contains);
  }

  /// How libraries name the platform in the paths of their natives.
  private List<String> markers() {
    return switch (this) {
      case LINUX_X64 ->
          List.of("linux-x64", "linux-x86_64", "linux-x86-64", "linux/amd64", "linux/x86_64");
      case LINUX_ARM64 -> List.of("linux-aarch64", "linux-arm64", "linux/aarch64", "linux/arm64");
    };
  }
}
