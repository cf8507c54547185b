/// The `bench` commands. `load` ([BenchLoadCommand]) measures lag and accuracy under overload, in
/// phases ([LoadPhase]) that each run in a process of their own. `soak`, `engine` and `damage` are
/// in the packages of these names.
@NullMarked
package io.chronoscope.cli.bench;

import org.jspecify.annotations.NullMarked;
