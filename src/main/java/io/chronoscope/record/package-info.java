/// Records as they lie on the topics, both ways: the CloudEvents envelope of a chunk, the JSON of a
/// result and its envelope. A producer writes with [ChunkEnvelope] what the service reads with it;
/// the service writes with [ResultEnvelope] and [ResultJson] what readers of the topics parse with
/// them. Knows records of the Kafka client, but no connection.
@NullMarked
package io.chronoscope.record;

import org.jspecify.annotations.NullMarked;
