/// Writes results durably and commits the offsets they were derived from.
///
/// For chunks, whose processing spans many records, [KafkaCommitSink] receives every commit of the
/// analysis, a [Delivery] writes it ([ExactlyOnce] in one transaction with state and offsets,
/// [AtLeastOnce] one after the other), and [ChunkOffsets] tracks which offsets are still needed.
/// For records that are processed one by one, [ConsumeProduceLoop] consumes, processes and produces
/// on one thread.
@NullMarked
package io.chronoscope.messaging.delivery;

import org.jspecify.annotations.NullMarked;
