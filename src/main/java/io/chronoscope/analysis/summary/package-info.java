/// Summaries of windows, and the tree of summaries above them ([SummaryTree]), written by the
/// [Summarizer].
@NullMarked
package io.chronoscope.analysis.summary;

import org.jspecify.annotations.NullMarked;
