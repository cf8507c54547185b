package io.chronoscope.cli.chaos;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/// Lets a running process write no file beyond a size (RLIMIT_FSIZE): to it, the disk is full.
final class FileSizeLimit {

  static final String MISSING =
      "the size of files cannot be limited here: the program prlimit (util-linux) is missing";

  private FileSizeLimit() {}

  /// @param bytes no write may end beyond this
  /// @return whether the limit is in force
  static boolean impose(long pid, long bytes) throws InterruptedException {
    try {
      Process prlimit =
          new ProcessBuilder(
                  "prlimit", "--pid", Long.toString(pid), "--fsize=" + bytes + ":unlimited")
              .redirectErrorStream(true)
              .start();
      return prlimit.waitFor(10, TimeUnit.SECONDS) && prlimit.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
