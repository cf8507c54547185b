/// The index in Lucene, inside this process.
///
/// [LuceneIndex] follows the topics: `IndexUpdates` writes, `ResultDocument` maps a result to a
/// document, the index's state (offsets, sequence) is user data of each Lucene commit.
/// `ResultQueries` answers from a point-in-time view; [LuceneSnapshot] does so for an index that
/// another process writes.
@NullMarked
package io.chronoscope.search.lucene;

import org.jspecify.annotations.NullMarked;
