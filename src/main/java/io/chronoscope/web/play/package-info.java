/// Retained video for viewers. [io.chronoscope.web.play.RetainedVideo] finds and loads the chunks
/// of a time range, [io.chronoscope.web.play.Clips] joins them to clips and keeps the finished
/// files, [io.chronoscope.web.play.Stills] takes pictures out of them, and
/// [io.chronoscope.web.play.Playlists] lists them for players. All work is bounded in time, bytes
/// and concurrency by [io.chronoscope.web.play.WorkLimits].
@NullMarked
package io.chronoscope.web.play;

import org.jspecify.annotations.NullMarked;
