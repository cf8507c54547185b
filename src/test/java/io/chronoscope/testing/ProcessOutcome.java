package io.chronoscope.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// What a process ended with and what it printed.
public record ProcessOutcome(int status, String out, String err) {

  /// Runs a process to its end, for ten minutes at most.
  ///
  /// @param folder for files of what it prints
  public static ProcessOutcome of(ProcessBuilder command, Path folder)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, "out", ".txt");
    Path err = Files.createTempFile(folder, "err", ".txt");
    Process process = command.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    if (!process.waitFor(10, TimeUnit.MINUTES)) {
      process.destroyForcibly();
    }
    return new ProcessOutcome(process.waitFor(), Files.readString(out), Files.readString(err));
  }
}
