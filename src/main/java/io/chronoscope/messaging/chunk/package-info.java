/// Consumes chunks: [ChunkFeed] reads their envelopes and offers them to the analysis. When a
/// partition is assigned, the former owner is fenced and [PartitionStart] restores the states of
/// its streams before their first chunk. [LagMonitor] measures what is still to be processed.
@NullMarked
package io.chronoscope.messaging.chunk;

import org.jspecify.annotations.NullMarked;
