/// `chronoscope events`: [EventsCommand] reads the results by time. `Recordings` keeps recordings
/// of one stream at different times apart; `ResultRow` and `LiveRows` are the table of `--follow`.
@NullMarked
package io.chronoscope.cli.events;

import org.jspecify.annotations.NullMarked;
