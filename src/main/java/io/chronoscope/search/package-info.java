/// The searchable view of the results topics: events, gaps, ends of streams, summaries, alerts and
/// dead letters, of each the latest revision.
///
/// [ResultIndex] is the port that commands and the web layer read: lists in a stable order, single
/// results, search in words, streams, and changes since a position. [UpdatableIndex] adds what
/// keeps it up to date: batches of records together with the offsets they end at, so that a restart
/// neither loses nor doubles a record.
///
/// A [ResultFilter] says which results count, everywhere in the same way. Whatever a caller gets is
/// an immutable value.
@NullMarked
package io.chronoscope.search;

import org.jspecify.annotations.NullMarked;
