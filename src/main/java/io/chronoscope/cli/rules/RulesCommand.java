package io.chronoscope.cli.rules;

import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// Groups the commands on rules.
@Command(
    name = "rules",
    description = "Manages rules: what the service watches for, in plain language.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "(list | set | remove)",
    footer = {
      "",
      "Each command has --json and --help. Use chronoscope events to see the alerts that rules raise."
    })
public final class RulesCommand {

  private RulesCommand() {}

  public static CommandLine commandLine(Output output) {
    return new CommandLine(new RulesCommand())
        .addSubcommand(new RulesListCommand(output))
        .addSubcommand(new RulesSetCommand(output))
        .addSubcommand(new RulesRemoveCommand(output));
  }
}
