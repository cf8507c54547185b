/// Events and alerts across windows. [EventTracker] matches the sightings of a window to open
/// events ([EventMatching]), merges them ([EventMerger]) and decides what to publish;
/// [AlertTracker] does the same for rules, each with a [RuleTracker], and adds cool-downs.
@NullMarked
package io.chronoscope.analysis.event;

import org.jspecify.annotations.NullMarked;
