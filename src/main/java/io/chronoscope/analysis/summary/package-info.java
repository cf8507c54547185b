/// Summaries of windows, minutes, hours and whole streams. [SummaryTree] decides what is summarized
/// and published when, [SummaryBuilder] builds a summary from its parts with a [Summarizer], and
/// [RetainedSummaries] bounds what is remembered.
@NullMarked
package io.chronoscope.analysis.summary;

import org.jspecify.annotations.NullMarked;
