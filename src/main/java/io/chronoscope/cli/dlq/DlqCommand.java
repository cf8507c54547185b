package io.chronoscope.cli.dlq;

import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// Groups the commands on dead letters.
@Command(
    name = "dlq",
    description = "Shows rejected records (dead letters) and sends them again.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "(list | show | redrive)",
    footer = {"", "Each command has --json and --help."})
public final class DlqCommand {

  private DlqCommand() {}

  public static CommandLine commandLine(Output output) {
    return new CommandLine(new DlqCommand())
        .addSubcommand(new DlqListCommand(output))
        .addSubcommand(new DlqShowCommand(output))
        .addSubcommand(new DlqRedriveCommand(output));
  }
}
