/// The command line. [Main] starts the process, [CommandLineInterface] assembles the commands and
/// maps failures to exit codes. This package holds the commands without sub-commands of their own;
/// the groups are in `cli.rules`, `cli.dlq` and `cli.bench`, `backtest` is in `cli.backtest`. What
/// commands share is in `cli.console` (options, output) and `cli.run` (an analysis inside a
/// command).
///
/// `serve`, `demo`, `evaluate` and `bench` start the Quarkus service; the other commands are plain
/// programs.
@NullMarked
package io.chronoscope.cli;

import org.jspecify.annotations.NullMarked;
