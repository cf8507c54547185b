package io.chronoscope.cli.bench;

import io.chronoscope.cli.bench.damage.BenchDamageCommand;
import io.chronoscope.cli.bench.engine.BenchEngineCommand;
import io.chronoscope.cli.bench.engine.BenchIsolationCommand;
import io.chronoscope.cli.bench.soak.BenchSoakCommand;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// Groups the benchmarks.
@Command(
    name = "bench",
    description = "Measures the service on this machine with the configured model.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "(load | soak | engine | isolation | search | damage)",
    footer = {"", "Each command has --json and --help."})
public final class BenchCommand {

  private BenchCommand() {}

  public static CommandLine commandLine(Output output) {
    return new CommandLine(new BenchCommand())
        .addSubcommand(new BenchLoadCommand(output))
        .addSubcommand(new BenchSoakCommand(output))
        .addSubcommand(new BenchEngineCommand(output))
        .addSubcommand(new BenchIsolationCommand(output))
        .addSubcommand(new BenchSearchCommand(output))
        .addSubcommand(new BenchDamageCommand(output));
  }
}
