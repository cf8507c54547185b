/// The service's Kafka edge; nothing else knows offsets.
///
/// A chunk comes in through the channel `video-chunks` ([ChunkChannel]) to the [ChunkFeed], which
/// reads its envelope, notes its offset in [ChunkOffsets] and offers it to the analysis. The next
/// record is asked for when the analysis has room. What the analysis has to say comes back as steps
/// to the [KafkaStepSink], which publishes the results, then keeps the state, then lets go of the
/// offsets. When a partition is assigned, its streams' states are read back ([StateReader]) before
/// their first chunk.
///
/// Only the classes named `…Channel` and [MessagingBeans], [MessagingHealth] know the container;
/// the others are built by hand, in tests too. Why it is so: `docs/design/0003-at-least-once.md`.
@NullMarked
package io.chronoscope.messaging;

import org.jspecify.annotations.NullMarked;
