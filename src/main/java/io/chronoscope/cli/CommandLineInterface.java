package io.chronoscope.cli;

import io.chronoscope.cli.backtest.BacktestCommand;
import io.chronoscope.cli.bench.BenchCommand;
import io.chronoscope.cli.bundle.BundleCommand;
import io.chronoscope.cli.bundle.ImageCommand;
import io.chronoscope.cli.chaos.BrokerCommand;
import io.chronoscope.cli.chaos.ChaosCommand;
import io.chronoscope.cli.console.CommandExamples;
import io.chronoscope.cli.console.FailureMessages;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.UsageMessages;
import io.chronoscope.cli.console.Version;
import io.chronoscope.cli.dlq.DlqCommand;
import io.chronoscope.cli.events.EventsCommand;
import io.chronoscope.cli.rules.RulesCommand;
import io.chronoscope.cli.search.SearchCommand;
import io.chronoscope.cli.selfcheck.SelfCheckCommand;
import io.chronoscope.config.EnvironmentVariables;
import io.chronoscope.config.RenamedSettings;
import io.chronoscope.service.ExitCode;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/// Assembles the command tree and runs a command; [FailureMessages] and [UsageMessages] report what
/// goes wrong.
public final class CommandLineInterface {

  @Command(
      name = "chronoscope",
      description = "Watches video through Kafka and reports what happens, and exactly when.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class,
      synopsisSubcommandLabel = "COMMAND",
      footer = {
        "",
        "chronoscope test and chronoscope build run the project's own tests and build.",
        "",
        "Exit codes: 0 success, 1 the command failed, 2 invalid usage or configuration, 3 something"
            + " in the environment is missing (a JDK, a checkpoint, a broker).",
        "",
        "Settings can also be given as environment variables, such as CHRONOSCOPE_MODEL;"
            + " docs/reference/settings.md lists them."
      })
  static final class Root {}

  private final Output output;

  public CommandLineInterface(Output output) {
    this.output = output;
    RenamedSettings.reportTo(output::message);
  }

  /// Runs one command.
  ///
  /// @return the exit code of the process
  public int run(String... arguments) {
    CommandLine commands = tree();
    if (arguments.length == 0) {
      commands.usage(commands.getErr());
      return ExitCode.USAGE;
    }
    EnvironmentVariables.unknown(System.getenv().keySet()).forEach(output::message);
    return commands.execute(arguments);
  }

  /// All commands, ready to parse and run.
  CommandLine tree() {
    CommandLine commands = new CommandLine(new Root());
    List<Object> all =
        List.of(
            new DemoCommand(output),
            new ServeCommand(output),
            new ProduceCommand(output),
            new EventsCommand(output),
            new SearchCommand(output),
            RulesCommand.commandLine(output),
            DlqCommand.commandLine(output),
            new AskCommand(output),
            new BacktestCommand(output),
            new AnalyzeCommand(output),
            new GenerateCommand(output),
            EvaluateCommand.commandLine(output),
            BenchCommand.commandLine(output),
            new ChaosCommand(output),
            new BrokerCommand(output),
            new BundleCommand(output),
            new ImageCommand(output),
            new SelfCheckCommand(output),
            new CompletionCommand(output),
            new RehearseCommand(output),
            new HelpCommand());
    all.forEach(commands::addSubcommand);
    commands.setCaseInsensitiveEnumValuesAllowed(true);
    commands.setUsageHelpWidth(Math.min(80, output.outTerminal().columns()));
    commands.setOut(new PrintWriter(output.out(), true));
    commands.setErr(new PrintWriter(output.err(), true));
    FailureMessages failures = new FailureMessages(output);
    commands.setExecutionExceptionHandler(failures);
    commands.setExitCodeExceptionMapper(failures);
    commands.setParameterExceptionHandler(new UsageMessages(output));
    commands.setAdjustLineBreaksForWideCJKCharacters(true);
    CommandExamples.addTo(commands);
    return commands;
  }
}
