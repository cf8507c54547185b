/// Brings chunks in: [ChunkFeed] reads envelopes and offers chunks to the analysis; on assignment
/// of a partition [PartitionStart] fences the former owner and [StateReader] reads back the states
/// of its streams before their first chunk.
@NullMarked
package io.chronoscope.messaging.chunk;

import org.jspecify.annotations.NullMarked;
