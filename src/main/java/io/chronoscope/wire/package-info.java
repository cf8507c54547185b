/// Records as they lie on the topics, in both directions: the CloudEvents envelope of a chunk, and
/// the JSON and envelope of each result. Producers write with [ChunkEnvelope] what the service
/// reads with it; the service writes with [ResultEnvelope] and [ResultJson] what readers of the
/// topics parse with them. Uses the Kafka client's record types, but opens no connection.
@NullMarked
package io.chronoscope.wire;

import org.jspecify.annotations.NullMarked;
