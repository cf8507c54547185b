/// Traces with OpenTelemetry, carried in the records' own headers (`traceparent`, `tracestate`):
/// from sending a chunk over reading, decoding, the windows based on it and the model's work to the
/// commit that writes the results, whose headers name that commit.
///
/// The analysis knows nothing of this: it publishes [io.chronoscope.analysis.AnalysisEvent], and
/// [StreamTraces] turns those into spans. [Tracing] sets up the exporter and is off by default.
@NullMarked
package io.chronoscope.tracing;

import org.jspecify.annotations.NullMarked;
