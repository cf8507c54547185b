/// Analysis of a single window: [ChunkReader] decodes and samples frames, [WindowEncoder] selects
/// and encodes those of a window, [WindowAnalyzer] asks the model about the [EncodedWindow] and
/// parses the answers into a [WindowAnswer]. [EmbeddingCache] keeps the embeddings of frame pairs
/// for the next window and for questions; [TemporalGrounder] finds out whether and when something
/// happens, for rules, questions and queries.
@NullMarked
package io.chronoscope.analysis.window;

import org.jspecify.annotations.NullMarked;
