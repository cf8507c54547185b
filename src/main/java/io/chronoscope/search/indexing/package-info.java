/// What keeping an index up to date takes, whatever holds its documents.
///
/// [BatchPlan] says what a batch of records changes, given what the index has of these results;
/// [IndexState] is what lies beside the documents (offsets, sequence of changes). [ReadProgress]
/// and [ChangeSignal] are the in-memory side: how far the topics were read, and who waits for more.
@NullMarked
package io.chronoscope.search.indexing;

import org.jspecify.annotations.NullMarked;
