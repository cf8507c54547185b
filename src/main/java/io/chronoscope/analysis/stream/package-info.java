/// Many streams at once: [StreamAnalysis] has one [StreamWorker] for each active stream, which runs
/// its [StreamLifecycle]: [ChunkOrder] restores the order of chunks, [Timeline] holds frames and
/// analyzes windows, [StreamAggregator] turns answers into results.
@NullMarked
package io.chronoscope.analysis.stream;

import org.jspecify.annotations.NullMarked;
