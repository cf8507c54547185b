package io.chronoscope.cli.bundle;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Enumeration;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/// Copies jars without the native libraries of other platforms, which are more than half of their
/// bytes. Everything else stays byte for byte.
final class PlatformJars {

  private static final Pattern NATIVE_LIBRARY =
      Pattern.compile("(?i)\\.(so(\\.[0-9.]+)?|dll|dylib|jnilib|a)$|\\.dSYM/");

  /// Programs that JavaCPP packs beside the libraries and nothing here runs.
  private static final Pattern PROGRAM = Pattern.compile("^org/bytedeco/.*/(ffmpeg|ffprobe)$");

  private final Target target;

  PlatformJars(Target target) {
    this.target = target;
  }

  /// Whether the bundle needs this entry of a jar.
  boolean keeps(String entry) {
    if (PROGRAM.matcher(entry).find()) {
      return false;
    }
    return !NATIVE_LIBRARY.matcher(entry).find() || target.owns(entry);
  }

  /// Copies one jar.
  void copy(Path jar, Path to) throws IOException {
    try (ZipFile from = new ZipFile(jar.toFile())) {
      if (from.stream().map(ZipEntry::getName).allMatch(this::keeps)) {
        Files.copy(jar, to, StandardCopyOption.COPY_ATTRIBUTES);
      } else {
        copy(from, to, this::keeps);
        Files.setLastModifiedTime(to, Files.getLastModifiedTime(jar));
      }
    }
  }

  private static void copy(ZipFile from, Path to, Predicate<String> keep) throws IOException {
    try (ZipOutputStream out =
        new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(to)))) {
      for (Enumeration<? extends ZipEntry> all = from.entries(); all.hasMoreElements(); ) {
        ZipEntry entry = all.nextElement();
        if (!keep.test(entry.getName())) {
          continue;
        }
        ZipEntry copy = new ZipEntry(entry.getName());
        copy.setTime(entry.getTime());
        out.putNextEntry(copy);
        try (var bytes = from.getInputStream(entry)) {
          bytes.transferTo(out);
        }
        out.closeEntry();
      }
    }
  }
}
