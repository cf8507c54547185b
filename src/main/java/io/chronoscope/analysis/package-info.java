/// The use case: chunk, frames, windows, events, summaries. Plain Java; everything outside comes in
/// through ports.
@NullMarked
package io.chronoscope.analysis;

import org.jspecify.annotations.NullMarked;
