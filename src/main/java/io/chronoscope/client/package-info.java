/// Plain Kafka clients for the command line and everything else that runs without the service:
/// [Topics] creates the topics from their definitions (`kafka/topics`), [ChunkPublisher] sends
/// chunks, [ResultReader] reads what was found. All of them take the Kafka client's own properties.
///
/// What the chunks' topic still keeps is read by [RetainedChunks] (a stretch of one stream, for
/// questions) and [ReplayedChunks] (many streams, for backtests, whose results go to
/// [ShadowTopics]).
@NullMarked
package io.chronoscope.client;

import org.jspecify.annotations.NullMarked;
