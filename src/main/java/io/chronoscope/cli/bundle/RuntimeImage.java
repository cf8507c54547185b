package io.chronoscope.cli.bundle;

import io.chronoscope.config.EnvironmentException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableSet;

/// A Java runtime with some of the JDK's modules, made by the JDK's own `jlink`.
final class RuntimeImage {

  private RuntimeImage() {}

  /// Finds `jlink` in the JDK that runs this program.
  ///
  /// @throws EnvironmentException when a runtime without it does
  static Path jlink() {
    Path tool = Path.of(System.getProperty("java.home"), "bin", "jlink");
    if (!Files.isExecutable(tool)) {
      throw new EnvironmentException(
          "a bundle needs a JDK with jlink, which %s is not; CHRONOSCOPE_JAVA_HOME names another"
              .formatted(System.getProperty("java.home")));
    }
    return tool;
  }

  /// @param to must not exist
  /// @throws EnvironmentException when jlink fails; says what it printed
  static void make(NavigableSet<String> modules, Path to) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                List.of(
                    jlink().toString(),
                    "--add-modules",
                    String.join(",", modules),
                    "--strip-debug",
                    "--no-header-files",
                    "--no-man-pages",
                    // Its generated classes differ with each run.
                    "--disable-plugin",
                    "system-modules",
                    "--output",
                    to.toString()))
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new EnvironmentException("jlink made no runtime: " + said.strip());
    }
  }
}
