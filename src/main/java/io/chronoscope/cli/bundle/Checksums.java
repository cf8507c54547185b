package io.chronoscope.cli.bundle;

import io.chronoscope.domain.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/// SHA-256 of files, in the format of `sha256sum`.
final class Checksums {

  static final String FILE = "SHA256SUMS";

  private Checksums() {}

  /// Writes the checksums of all files below a folder into it.
  static void write(Path folder) throws IOException {
    List<String> lines = new ArrayList<>();
    for (Path file : files(folder)) {
      lines.add(of(file) + "  " + folder.relativize(file));
    }
    Files.write(folder.resolve(FILE), lines);
  }

  /// Writes the checksum of a file into one beside it, `NAME.sha256`.
  ///
  /// @return the checksum
  static String writeBeside(Path file) throws IOException {
    String sha256 = of(file);
    Files.writeString(
        file.resolveSibling(file.getFileName() + ".sha256"),
        sha256 + "  " + file.getFileName() + "\n");
    return sha256;
  }

  /// All regular files below a folder, without links, in order.
  static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(file -> Files.isRegularFile(file, java.nio.file.LinkOption.NOFOLLOW_LINKS))
          .sorted()
          .toList();
    }
  }

  static String of(Path file) throws IOException {
    MessageDigest digest = Sha256.digest();
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
