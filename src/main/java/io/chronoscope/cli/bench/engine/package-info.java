/// `bench engine` ([BenchEngineCommand]): each stage from video to events. [RowPlan] lists the rows
/// of a device, [Workload]s carry them out, [Repetition] warms up, repeats and takes medians, and
/// [EngineBench] compares each with the [Ceilings] that [CeilingProbe] measures, by the arithmetic
/// that [ModelWork] counts. To add a row, add a [RowKind], a [PlannedRow] and its workload.
@NullMarked
package io.chronoscope.cli.bench.engine;

import org.jspecify.annotations.NullMarked;
