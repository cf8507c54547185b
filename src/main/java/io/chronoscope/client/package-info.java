/// Plain Kafka clients for the command line and everything else outside the service's channels. All
/// of them accept the Kafka client's own properties.
///
/// [Topics] creates the topics from their definitions ([TopicDefinition], `kafka/topics`);
/// [ChunkPublisher] and [QuestionPublisher] publish; [TopicReader] reads topics without a consumer
/// group, and [ResultReader], [RuleReader], [RulesInForce] and [DeadLetters] read records of one
/// kind with it. [ConsumerSettings] is the one set-up of consumers. [RetainedChunks] reads the
/// retained chunks of one stream and time range (for questions), [ReplayedChunks] those of many
/// streams (for backtests, whose results go to [ShadowTopics]); [Redriver] sends rejected records
/// again.
@NullMarked
package io.chronoscope.client;

import org.jspecify.annotations.NullMarked;
