package io.chronoscope.decode.worker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// How a worker ended, by its exit status and its last words.
///
/// @param loss CPU_TIME and MEMORY when the kernel or the virtual machine says so, else CRASH
/// @param detail for people
record ProcessEnding(LossCause loss, String detail) {

  private static final Duration EXIT_TIMEOUT = Duration.ofSeconds(5);
  private static final int SIGNALLED = 128;
  private static final int SIGXCPU = 24;
  private static final int EXIT_HEAP_EXHAUSTED = 3;
  private static final int MAX_LAST_WORDS = 2000;

  /// Waits for the end of a process that ends; kills it when it does not.
  static ProcessEnding of(Process process) {
    try {
      if (!process.waitFor(EXIT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        return new ProcessEnding(LossCause.CRASH, "its worker stopped responding");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
      return new ProcessEnding(LossCause.CRASH, "interrupted");
    }
    int status = process.exitValue();
    String lastWords = lastWords(process);
    String words = lastWords.isEmpty() ? "" : ": " + lastWords;
    if (status == SIGNALLED + SIGXCPU) {
      return new ProcessEnding(LossCause.CPU_TIME, "CPU time");
    }
    if (status == EXIT_HEAP_EXHAUSTED
        || lastWords.contains("insufficient memory")
        || lastWords.contains("OutOfMemoryError")) {
      return new ProcessEnding(LossCause.MEMORY, "memory" + words);
    }
    return new ProcessEnding(
        LossCause.CRASH,
        (status > SIGNALLED
                ? "its worker was ended by signal " + (status - SIGNALLED)
                : "its worker ended with exit code " + status)
            + words);
  }

  private static String lastWords(Process process) {
    try (InputStream errors = process.getErrorStream()) {
      return new String(errors.readNBytes(MAX_LAST_WORDS), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      return "";
    }
  }
}
