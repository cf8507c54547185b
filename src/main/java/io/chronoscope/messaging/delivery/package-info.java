/// Writes what the analysis commits: [KafkaCommitSink] takes each commit, a [Delivery] writes it
/// ([ExactlyOnce] in one transaction with state and offsets, [AtLeastOnce] one after the other),
/// and [ChunkOffsets] tracks which offsets are done.
@NullMarked
package io.chronoscope.messaging.delivery;

import org.jspecify.annotations.NullMarked;
