package io.chronoscope.cli;

import io.chronoscope.cli.backtest.BacktestCommand;
import io.chronoscope.cli.bench.BenchCommand;
import io.chronoscope.cli.bench.BenchLoadCommand;
import io.chronoscope.cli.bench.BenchSoakCommand;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Version;
import io.chronoscope.cli.dlq.DlqCommand;
import io.chronoscope.cli.rules.RulesCommand;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.service.ExitCode;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/// The commands, their help, and what the process ends with when one fails.
public final class CommandLineInterface {

  @Command(
      name = "chronoscope",
      description = "Watches video through Kafka and says what happened, and exactly when.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class,
      synopsisSubcommandLabel = "COMMAND",
      footer = {
        "",
        "chronoscope test and chronoscope build run the project's own tests and build.",
        "",
        "Ends with 0 when all is well, 1 when the work failed, 2 when it was asked for wrongly,",
        "3 when something outside is missing (a JDK, a checkpoint, a broker).",
        "",
        "Settings come from the environment as well, CHRONOSCOPE_MODEL for one; README.md lists them."
      })
  static final class Root {}

  private final Output output;

  public CommandLineInterface(Output output) {
    this.output = output;
  }

  public int run(String... arguments) {
    CommandLine commands = new CommandLine(new Root());
    List<Object> all =
        List.of(
            new DemoCommand(output),
            new ServeCommand(output),
            new ProduceCommand(output),
            new EventsCommand(output),
            RulesCommand.commandLine(output),
            DlqCommand.commandLine(output),
            new AskCommand(output),
            new BacktestCommand(output),
            new AnalyzeCommand(output),
            new GenerateCommand(output),
            new EvaluateCommand(output),
            new HelpCommand());
    all.forEach(commands::addSubcommand);
    commands.addSubcommand(
        new CommandLine(new BenchCommand())
            .addSubcommand(new BenchLoadCommand(output))
            .addSubcommand(new BenchSoakCommand(output)));
    commands.setCaseInsensitiveEnumValuesAllowed(true);
    commands.setUsageHelpWidth(Math.min(100, output.outTerminal().columns()));
    commands.setOut(new java.io.PrintWriter(output.out(), true));
    commands.setErr(new java.io.PrintWriter(output.err(), true));
    commands.setExecutionExceptionHandler((failure, command, parsed) -> report(failure));
    if (arguments.length == 0) {
      commands.usage(commands.getErr());
      return ExitCode.USAGE;
    }
    return commands.execute(arguments);
  }

  private int report(Exception failure) {
    if (System.getenv("CHRONOSCOPE_TRACE") != null) {
      failure.printStackTrace(output.err());
    }
    return switch (failure) {
      case ConfigurationException wrong -> {
        output.report("chronoscope: " + wrong.getMessage());
        yield ExitCode.USAGE;
      }
      case EnvironmentException missing -> {
        output.report("chronoscope: " + missing.getMessage());
        yield ExitCode.ENVIRONMENT;
      }
      case Exception other -> {
        String message = other.getMessage();
        output.report("chronoscope: " + (message == null ? other.toString() : message));
        yield ExitCode.FAILED;
      }
    };
  }
}
