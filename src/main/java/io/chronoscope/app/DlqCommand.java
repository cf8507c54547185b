package io.chronoscope.app;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The dead letters and the way back for them.
@Command(
    name = "dlq",
    description = "Dead letters: shows what was refused and why, and sends it again.",
    mixinStandardHelpOptions = true,
    versionProvider = CommandLineInterface.Version.class,
    synopsisSubcommandLabel = "(list | show | redrive)",
    footer = {"", "Each of them takes --json and --help."})
final class DlqCommand {

  private DlqCommand() {}

  static CommandLine commandLine(Output output) {
    return new CommandLine(new DlqCommand())
        .addSubcommand(new DlqListCommand(output))
        .addSubcommand(new DlqShowCommand(output))
        .addSubcommand(new DlqRedriveCommand(output));
  }
}
