package io.chronoscope.app;

import picocli.CommandLine.Command;

/// Measurements that anybody can repeat; each is a command of its own.
@Command(
    name = "bench",
    description = "Measures this machine with the configured model.",
    mixinStandardHelpOptions = true,
    versionProvider = CommandLineInterface.Version.class,
    synopsisSubcommandLabel = "COMMAND")
final class BenchCommand {}
