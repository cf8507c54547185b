/// The service's Kafka edge; nothing else knows offsets.
///
/// A chunk comes in through the channel `video-chunks` ([ChunkChannel]) to the [ChunkFeed], which
/// reads its envelope, notes its offset in [ChunkOffsets] and offers it to the analysis. The next
/// record is asked for when the analysis has room. What the analysis has to say comes back as steps
/// to the [KafkaStepSink] and from there into a [Delivery]: results, state and offset in one
/// transaction ([ExactlyOnce]), or one after the other ([AtLeastOnce]). When a partition is
/// assigned, its former owner is shut out, then its streams' states are read back
/// ([PartitionStart], [StateReader]) before their first chunk.
///
/// Questions have a desk of their own ([QuestionDesk]): one thread, a consumer group beside that of
/// the chunks, and answers that are published together with their questions' offsets.
///
/// Only the classes named `…Channel` and [ConsumerSetup], [MessagingBeans], [QuestionBeans],
/// [MessagingHealth] know the container; the others are built by hand, in tests too. Why it is so:
/// `docs/design/0003-exactly-once.md`.
@NullMarked
package io.chronoscope.messaging;

import org.jspecify.annotations.NullMarked;
