package io.chronoscope.cli;

import io.chronoscope.cli.console.Output;
import io.quarkus.runtime.annotations.QuarkusMain;

/// Where the process starts.
@QuarkusMain
public final class Main {

  private Main() {}

  public static void main(String... arguments) {
    int status = new CommandLineInterface(Output.ofProcess()).run(arguments);
    System.out.flush();
    // Native libraries and the broker leave threads behind that nobody waits for.
    System.exit(status);
  }
}
