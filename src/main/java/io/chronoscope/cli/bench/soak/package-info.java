/// `bench soak`: the memory of the service over a long time ([BenchSoakCommand]).
///
/// [SoakRun] sends hours of video as one stream as fast as it is analyzed, and measures by length
/// of video. [LoadedSoak] measures what the machine can do, plays several streams at a share of
/// that for a stated time ([PacedFeed]), and measures by the clock: each [MemorySample] has the
/// resident size and who holds it, [MemorySlope] says how fast it grows. The service is a process
/// of its own ([ServiceProcess], [ProcessMemory]).
@NullMarked
package io.chronoscope.cli.bench.soak;

import org.jspecify.annotations.NullMarked;
