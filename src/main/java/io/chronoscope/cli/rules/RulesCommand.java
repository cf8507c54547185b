package io.chronoscope.cli.rules;

import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The rules in force.
@Command(
    name = "rules",
    description = "Rules: what the service watches for, in plain language.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "(list | set | remove)",
    footer = {
      "",
      "Each of them takes --json and --help. What a rule finds, chronoscope events shows."
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
