/// Events across windows: [EventTracker] matches the sightings of a window to open events,
/// [AlertTracker] does the same for rules.
@NullMarked
package io.chronoscope.analysis.event;

import org.jspecify.annotations.NullMarked;
