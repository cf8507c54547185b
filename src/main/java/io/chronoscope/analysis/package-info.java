/// The use case: from chunks to frames, windows, events and summaries. Plain Java.
///
/// This package holds the ports and values: [Intake] and [CommitSink] at both ends, [StreamState]
/// as the state that survives a restart. The work is done in the sub-packages, each of which uses
/// only those before it: `window` analyzes one window, `event` tracks events and alerts across
/// windows, `summary` summarizes them, `stream` runs one stream from its first record to its end,
/// `question` answers questions about retained video.
@NullMarked
package io.chronoscope.analysis;

import org.jspecify.annotations.NullMarked;
