package io.chronoscope.cli.bench;

import io.chronoscope.cli.console.Version;
import picocli.CommandLine.Command;

/// Measurements that anybody can repeat; each is a command of its own.
@Command(
    name = "bench",
    description = "Measures this machine with the configured model.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND")
public final class BenchCommand {}
