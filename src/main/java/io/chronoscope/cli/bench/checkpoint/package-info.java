/// Checkpoints with random weights in the true shapes of the published models: [RandomCheckpoint]
/// writes one in a [ModelShape], [CheckpointCache] keeps it for the next run.
@NullMarked
package io.chronoscope.cli.bench.checkpoint;

import org.jspecify.annotations.NullMarked;
