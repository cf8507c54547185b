package io.chronoscope.cli.chaos;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A file system of a few megabytes in memory, which only one process and its children see: to
/// them, a disk that becomes full. Only on Linux, where users may have mount namespaces.
///
/// @param directory where that process finds it
record SmallDisk(Path directory) {

  static final String MISSING =
      "no small file system can be mounted here: unshare (util-linux) is missing or not allowed";

  private static final String MOUNT =
      "mount -t tmpfs -o size=8m chronoscope-chaos \"$0\" && exec \"$@\"";

  SmallDisk {
    directory = directory.toAbsolutePath();
  }

  /// What to put before the command of the process.
  List<String> prefix() {
    return List.of(
        "unshare", "--mount", "--map-root-user", "sh", "-c", MOUNT, directory.toString());
  }

  boolean isPossible() throws InterruptedException {
    try {
      Process trial =
          new ProcessBuilder(Stream.concat(prefix().stream(), Stream.of("true")).toList())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return trial.waitFor(10, TimeUnit.SECONDS) && trial.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /// Writes until there is no room left.
  ///
  /// @param pid of the process that sees it
  void fill(long pid) throws IOException {
    Path seen =
        Path.of("/proc", Long.toString(pid), "root").resolve(directory.toString().substring(1));
    byte[] block = new byte[4096];
    try (OutputStream out = Files.newOutputStream(seen.resolve("filler"))) {
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      if (!String.valueOf(full.getMessage()).contains("No space left")) {
        throw full;
      }
    }
  }
}
