package io.chronoscope.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.chronoscope.cli.console.Output;
import io.chronoscope.render.Terminal;
import java.io.OutputStream;
import java.io.PrintStream;
import picocli.CommandLine;

/// Runs commands in this process, as if typed.
public final class Commands {

  private Commands() {}

  /// @return the exit code
  public static int run(OutputStream out, OutputStream err, String... arguments) {
    return of(out, err).run(arguments);
  }

  /// All commands, to parse arguments or to read their help.
  public static CommandLine tree() {
    return of(OutputStream.nullOutputStream(), OutputStream.nullOutputStream()).tree();
  }

  private static CommandLineInterface of(OutputStream out, OutputStream err) {
    return new CommandLineInterface(
        new Output(
            new PrintStream(out, true, UTF_8),
            Terminal.NONE,
            new PrintStream(err, true, UTF_8),
            Terminal.NONE));
  }
}
