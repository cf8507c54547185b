/// Traces by OpenTelemetry, over the records' own headers (`traceparent`, `tracestate`): from the
/// chunk as it was sent, over reading, decoding, the windows that rest on it and the model's work,
/// to the step in which results are written, whose headers name that step.
///
/// The analysis knows none of it; it tells [io.chronoscope.analysis.AnalysisListener] what it turns
/// to, and [StreamTraces] makes spans of that. [Tracing] sets the exporter up, and is off unless
/// somebody asked for it.
@NullMarked
package io.chronoscope.tracing;

import org.jspecify.annotations.NullMarked;
