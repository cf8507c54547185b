/// The command line: [Main] starts the process, [CommandLineInterface] is the command tree.
/// `serve`, `demo` and `evaluate` boot Quarkus; the other commands are plain programs.
@NullMarked
package io.chronoscope.cli;

import org.jspecify.annotations.NullMarked;
