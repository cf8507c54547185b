/// The `bench` commands. `load` ([BenchLoadCommand]) measures lag and accuracy under overload, in
/// phases ([LoadPhase]) that each run in a process of their own. `soak` ([BenchSoakCommand],
/// [SoakRun]) measures the memory of the service over hours of video.
///
/// `engine` ([BenchEngineCommand]) measures each stage from video to events. [RowPlan] lists the
/// rows of a device, [Workload]s carry them out, [Repetition] warms up, repeats and takes medians,
/// and [EngineBench] compares each with the [Ceilings] that [CeilingProbe] measures, by the
/// arithmetic that [ModelWork] counts. To add a row, add a [RowKind], a [PlannedRow] and its
/// workload.
///
/// [RandomCheckpoint] writes checkpoints with random weights in the true shapes of the published
/// models ([ModelShape]); [CheckpointCache] keeps them.
@NullMarked
package io.chronoscope.cli.bench;

import org.jspecify.annotations.NullMarked;
