package io.chronoscope.cli.bench.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/// A directory of [RandomCheckpoint]s, each written once and verified by checksums before use.
///
/// @param report receives messages for people
public record CheckpointCache(Path directory, Consumer<String> report) {

  private static final String CHECKSUMS = "checksums.txt";
  private static final int BUFFER_BYTES = 1 << 20;

  /// Name of such a directory in `chronoscope.cache-dir`.
  public static final String DIRECTORY = "random-checkpoints";

  /// Returns the checkpoint's directory, and writes it if it is missing or damaged.
  ///
  /// @throws IOException when it cannot be written
  public Path get(RandomCheckpoint checkpoint) throws IOException {
    String name = "%s-%d".formatted(checkpoint.shape().label(), checkpoint.seed());
    Path target = directory.resolve(name);
    if (Files.exists(target)) {
      if (isIntact(target)) {
        return target;
      }
      report.accept("checksums of " + target + " do not match; it is written again");
      delete(target);
    }
    Files.createDirectories(directory);
    report.accept(
        "writing a random checkpoint of shape %s (%.1f GB) to %s"
            .formatted(checkpoint.shape().label(), checkpoint.weightBytes() / 1e9, target));
    checkpoint.write(target, written -> {});
    Files.write(target.resolve(CHECKSUMS), checksums(target));
    return target;
  }

  private static boolean isIntact(Path checkpoint) throws IOException {
    Path stored = checkpoint.resolve(CHECKSUMS);
    return Files.exists(stored) && Files.readAllLines(stored).equals(checksums(checkpoint));
  }

  /// One line for each file: checksum, size, name.
  private static List<String> checksums(Path checkpoint) throws IOException {
    List<Path> files = files(checkpoint);
    List<String> lines = new ArrayList<>();
    for (Path file : files) {
      if (!file.getFileName().toString().equals(CHECKSUMS)) {
        lines.add("%08x %d %s".formatted(checksum(file), Files.size(file), file.getFileName()));
      }
    }
    return lines;
  }

  private static long checksum(Path file) throws IOException {
    CRC32C checksum = new CRC32C();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      int read = in.read(buffer);
      while (read >= 0) {
        checksum.update(buffer, 0, read);
        read = in.read(buffer);
      }
    }
    return checksum.getValue();
  }

  private static List<Path> files(Path checkpoint) throws IOException {
    try (Stream<Path> all = Files.list(checkpoint)) {
      return all.sorted().toList();
    }
  }

  private static void delete(Path checkpoint) throws IOException {
    for (Path file : files(checkpoint)) {
      Files.delete(file);
    }
    Files.delete(checkpoint);
  }
}
