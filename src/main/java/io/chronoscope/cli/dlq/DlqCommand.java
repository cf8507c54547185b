package io.chronoscope.cli.dlq;

import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The dead letters and the way back for them.
@Command(
    name = "dlq",
    description = "Dead letters: shows what was refused and why, and sends it again.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "(list | show | redrive)",
    footer = {"", "Each of them takes --json and --help."})
public final class DlqCommand {

  private DlqCommand() {}

  public static CommandLine commandLine(Output output) {
    return new CommandLine(new DlqCommand())
        .addSubcommand(new DlqListCommand(output))
        .addSubcommand(new DlqShowCommand(output))
        .addSubcommand(new DlqRedriveCommand(output));
  }
}
