package io.chronoscope.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.chronoscope.cli.console.Output;
import io.chronoscope.render.Terminal;
import java.io.OutputStream;
import java.io.PrintStream;

/// Runs commands in this process, as if typed.
public final class Commands {

  private Commands() {}

  /// @return the exit code
  public static int run(OutputStream out, OutputStream err, String... arguments) {
    return new CommandLineInterface(
            new Output(
                new PrintStream(out, true, UTF_8),
                Terminal.NONE,
                new PrintStream(err, true, UTF_8),
                Terminal.NONE))
        .run(arguments);
  }
}
