package io.chronoscope.search.lucene;

import io.chronoscope.search.IndexBatch;
import io.chronoscope.search.SourcePartition;
import io.chronoscope.search.TextEmbedder;
import io.chronoscope.search.indexing.BatchPlan;
import io.chronoscope.search.indexing.ChangeSignal;
import io.chronoscope.search.indexing.IndexState;
import io.chronoscope.search.indexing.ReadProgress;
import io.chronoscope.search.indexing.ResultKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Map;
import org.apache.lucene.search.Query;

/// The writing side of [LuceneIndex]; the methods are those of [UpdatableIndex].
///
/// Any thread may call [#state()] and [#progress()], one thread the others.
final class IndexUpdates {

  private final IndexFiles files;
  private final IndexViews views;
  private final StreamTallies tallies;
  private final TextEmbedder embedder;
  private final ChangeSignal signal;

  private ResultWriter results;
  private volatile ReadProgress progress;
  private volatile IndexState state;
  private long committedSequence;
  private boolean changedSinceCommit;
  private boolean failed;

  /// Starts where the index stands; an index of another version is emptied.
  ///
  /// @param files closed with this object, as are the views
  /// @param tallies counted along with what is written
  /// @param schema the version of documents and embeddings
  /// @param signal told of every change
  IndexUpdates(
      IndexFiles files,
      IndexViews views,
      StreamTallies tallies,
      TextEmbedder embedder,
      String schema,
      ChangeSignal signal)
      throws IOException {
    this.files = files;
    this.views = views;
    this.tallies = tallies;
    this.embedder = embedder;
    this.signal = signal;
    this.results = new ResultWriter(files.writer(), embedder);
    IndexState found = IndexState.read(files.commitData());
    boolean current = found.schema().equals(schema);
    this.state = current ? found.resumed() : IndexState.ofNew(schema);
    this.committedSequence = state.sequence();
    this.progress = new ReadProgress(state.offsets());
    if (!current) {
      files.writer().deleteAll();
      views.refresh();
      changedSinceCommit = true;
      commit();
    }
    countAll();
  }

  /// Where the index stands.
  IndexState state() {
    return state;
  }

  /// How far the topics were read.
  ReadProgress progress() {
    return progress;
  }

  private void countAll() throws IOException {
    tallies.set(views.read(ResultQueries::tallies));
  }

  /// After a write that failed, because the disk is full for instance, the index stands at its last
  /// commit again, and what came behind it is read once more.
  ///
  /// @throws UncheckedIOException when the directory still cannot be used
  void recover() {
    if (!failed && files.writer().isOpen()) {
      return;
    }
    try {
      files.reopen();
      state = IndexState.read(files.commitData()).resumed();
      committedSequence = state.sequence();
      changedSinceCommit = false;
      progress = new ReadProgress(state.offsets());
      results = new ResultWriter(files.writer(), embedder);
      views.reopen();
      countAll();
      failed = false;
      signal.changed();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open the index in " + files, e);
    }
  }

  void readFrom(String clusterId) {
    if (!state.cluster().isEmpty() && !state.cluster().equals(clusterId)) {
      clear();
    }
    state = state.of(clusterId);
  }

  void apply(IndexBatch batch) {
    if (state.sequence() + batch.changes().size() - committedSequence
        > IndexState.MAX_UNCOMMITTED) {
      commit();
    }
    try {
      Map<ResultKey, IndexedBefore> before =
          views.read(searcher -> IndexedBefore.of(BatchPlan.keys(batch), searcher));
      BatchPlan plan = BatchPlan.of(batch, IndexedBefore.formers(before), state.position());
      views.read(searcher -> {
        results.write(plan, searcher.getIndexReader());
        return plan;
      });
      progress.readUpTo(batch.nextOffsets());
      state = state.after(plan.last(), progress.nextOffsets());
      changedSinceCommit = true;
      if (!plan.isEmpty()) {
        views.refresh();
        tallies.add(plan, before);
        signal.changed();
      }
    } catch (IOException e) {
      failed = true;
      throw new UncheckedIOException("cannot write to the index in " + files, e);
    } catch (RuntimeException e) {
      failed = true;
      throw e;
    }
  }

  void commit() {
    if (!changedSinceCommit) {
      return;
    }
    try {
      files.writer().setLiveCommitData(state.write().entrySet());
      files.writer().commit();
      committedSequence = state.sequence();
      changedSinceCommit = false;
    } catch (IOException e) {
      failed = true;
      throw new UncheckedIOException("cannot commit the index in " + files, e);
    }
  }

  void removeBefore(Instant time) {
    try {
      long forgotten = views.read(searcher -> ResultQueries.lastRemoval(searcher, time));
      remove(ResultWriter.endedBefore(time));
      results.forgetRemovals(time);
      state = state.forgetting(forgotten);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove from the index in " + files, e);
    }
  }

  void removeBelow(SourcePartition partition, long firstOffset) {
    if (firstOffset <= 0) {
      return;
    }
    try {
      remove(ResultWriter.below(partition, firstOffset));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove from the index in " + files, e);
    }
  }

  private void remove(Query query) throws IOException {
    boolean removed = views.read(searcher -> results.remove(query, searcher));
    if (removed) {
      views.refresh();
      countAll();
    }
    boolean cleaned = views.read(results::removeUnusedEmbeddings);
    if (cleaned) {
      // A result of such a text may come next.
      views.refresh();
    }
    changedSinceCommit |= removed || cleaned;
  }

  void clear() {
    try {
      files.writer().deleteAll();
      progress.clear();
      state = state.cleared();
      committedSequence = 0;
      changedSinceCommit = true;
      views.refresh();
      countAll();
      commit();
      signal.changed();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot clear the index in " + files, e);
    }
  }

  /// Commits and releases the files. After a write that failed, the last commit remains.
  void close() {
    try {
      if (!failed && files.writer().isOpen()) {
        commit();
      }
      views.close();
      files.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close the index in " + files, e);
    }
  }
}
