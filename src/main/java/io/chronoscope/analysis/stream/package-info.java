/// Analyzes many streams concurrently, each in order and with a state that survives a restart.
///
/// The way of a record: [StreamAnalysis] finds the stream's [StreamWorker], whose thread runs the
/// [StreamLifecycle] through the states of [LifecycleState]. A chunk is classified on arrival
/// ([ChunkArrivals], [ArrivalRules]) and put in order ([ChunkOrder]). The [Timeline] decodes it
/// into frames ([FrameBuffer]); [WindowScheduler] decides when a window of frames is analyzed, and
/// [StreamAggregator] turns the model's answers into results. [Gaps] and [Repair] account for what
/// is missing. Every change leaves as a commit ([StreamCommits]).
@NullMarked
package io.chronoscope.analysis.stream;

import org.jspecify.annotations.NullMarked;
