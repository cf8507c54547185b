package io.chronoscope.cli;

import io.chronoscope.cli.console.Output;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.annotations.QuarkusMain;

/// Entry point of the process.
@QuarkusMain
public final class Main {

  private Main() {}

  public static void main(String... arguments) {
    int status = new CommandLineInterface(Output.ofProcess()).run(arguments);
    System.out.flush();
    if (LaunchMode.current() == LaunchMode.DEVELOPMENT) {
      return; // `quarkus:dev` runs it again in this process, with what was changed
    }
    // Native libraries and the embedded broker leave non-daemon threads running.
    System.exit(status);
  }
}
