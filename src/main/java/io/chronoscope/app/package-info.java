/// The outside: what the command line offers, the one configuration, and the wiring of all other
/// packages.
///
/// [Main] hands the arguments to [CommandLineInterface]. `generate`, `analyze`, `produce` and
/// `events` are plain programs; `serve`, `demo` and `evaluate` boot Quarkus, whose beans are made
/// in [Wiring]. Settings come from [ChronoscopeConfig] in both cases, read the same way.
@NullMarked
package io.chronoscope.app;

import org.jspecify.annotations.NullMarked;
