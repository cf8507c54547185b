/// Records on the topics, in both directions, and the list of topics itself ([Topic],
/// [TopicNames]). Producers build chunks with [ChunkRecords], the service reads them with
/// [ChunkEnvelope]; rules and questions go through [RuleRecord] and [QuestionRecord]. The service
/// writes results with [ResultEnvelope] and [ResultJson], and readers of the topics parse them with
/// the same classes. [Json] is the one mapping between records of Java and JSON; `kafka/schemas`
/// publishes its result. Uses the Kafka client's record types but opens no connection.
@NullMarked
package io.chronoscope.wire;

import org.jspecify.annotations.NullMarked;
