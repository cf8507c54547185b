/// Live sources: video that is produced while it happens, cut into chunks and brought to Kafka.
/// Plain Java; the clock, the pauses, the way to Kafka ([io.chronoscope.live.ChunkSink]) and where
/// video is read ([io.chronoscope.live.LiveSources.Media]) are passed in.
///
/// [io.chronoscope.live.SourceAddress] is the whitelist of protocols. A
/// [io.chronoscope.live.LiveSource] opens one connection after the other to a source of its kind.
/// [io.chronoscope.live.LiveStream] reads them: it reconnects with a [io.chronoscope.live.Backoff],
/// gives segments absolute times ([io.chronoscope.live.StreamTimeline]) and puts them into the
/// [io.chronoscope.live.Spool] on disk, which a [io.chronoscope.live.SpoolSender] empties into
/// Kafka. [io.chronoscope.live.LiveSources] runs many.
@NullMarked
package io.chronoscope.live;

import org.jspecify.annotations.NullMarked;
