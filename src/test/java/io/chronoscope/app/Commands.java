package io.chronoscope.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.chronoscope.timeline.Terminal;
import java.io.OutputStream;
import java.io.PrintStream;

/// Commands in this process, as if typed.
final class Commands {

  private Commands() {}

  /// @return the exit code
  static int run(OutputStream out, OutputStream err, String... arguments) {
    return new CommandLineInterface(
            new Output(
                new PrintStream(out, true, UTF_8),
                Terminal.NONE,
                new PrintStream(err, true, UTF_8),
                Terminal.NONE))
        .run(arguments);
  }
}
