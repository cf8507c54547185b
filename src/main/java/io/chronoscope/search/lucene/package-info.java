/// The index in Lucene, inside this process.
///
/// [LuceneIndex] follows the topics: `ResultDocument` maps a result to a document, `CommitData` is
/// what a Lucene commit carries beside the documents (offsets, sequence). `ResultQueries` answers
/// from a point-in-time view; [LuceneSnapshot] does so for an index that another process writes.
@NullMarked
package io.chronoscope.search.lucene;

import org.jspecify.annotations.NullMarked;
