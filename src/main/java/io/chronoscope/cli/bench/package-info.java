/// The `bench` commands. `load` ([BenchLoadCommand]) measures lag and accuracy under overload, in
/// phases ([LoadPhase]) that each run in a process of their own. `soak` ([BenchSoakCommand],
/// [SoakRun]) measures the memory of the service over hours of video. `engine` is in the package of
/// that name.
@NullMarked
package io.chronoscope.cli.bench;

import org.jspecify.annotations.NullMarked;
