package io.chronoscope.search.lucene;

import io.chronoscope.search.ChangePosition;
import io.chronoscope.search.Changes;
import io.chronoscope.search.Changes.Change;
import io.chronoscope.search.IndexBatch;
import io.chronoscope.search.IndexProgress;
import io.chronoscope.search.IndexedResult;
import io.chronoscope.search.ResultListing;
import io.chronoscope.search.ResultPage;
import io.chronoscope.search.SearchOutcome;
import io.chronoscope.search.SearchRequest;
import io.chronoscope.search.SourcePartition;
import io.chronoscope.search.StreamFacts;
import io.chronoscope.search.TextEmbedder;
import io.chronoscope.search.UpdatableIndex;
import io.chronoscope.search.indexing.BatchPlan;
import io.chronoscope.search.indexing.ChangeSignal;
import io.chronoscope.search.indexing.IndexState;
import io.chronoscope.search.indexing.ReadProgress;
import io.chronoscope.search.indexing.ResultKey;
import io.chronoscope.search.query.Cut;
import io.chronoscope.wire.ResultType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.lucene.document.LongField;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortedNumericSelector;
import org.apache.lucene.search.TopDocs;

/// The index in a Lucene directory, which it alone writes. What is applied is visible at once and
/// durable with the next [#commit()]; the offsets of the topics are part of each Lucene commit, so
/// that a process that dies at any moment resumes exactly where its index stands.
///
/// Longer than others because it is both sides of [UpdatableIndex]; what it does with documents is
/// in `ResultDocument`, `ResultQueries` and `RankedSearch`.
public final class LuceneIndex implements UpdatableIndex {

  private final IndexFiles files;
  private final TextEmbedder embedder;
  private final RankedSearch ranked;
  private final ChangeSignal signal = new ChangeSignal();

  private final StreamTallies tallies =
      new StreamTallies(stream -> answer(searcher -> ResultQueries.tally(searcher, stream)));
  private volatile SearcherManager searchers;
  private ResultWriter results;
  private volatile ReadProgress progress;
  private volatile IndexState current;
  private long committedSequence;
  private boolean changedSinceCommit;
  private boolean failed;

  private LuceneIndex(IndexFiles files, TextEmbedder embedder, Cut cut, IndexState current)
      throws IOException {
    this.files = files;
    this.embedder = embedder;
    this.results = new ResultWriter(files.writer(), embedder);
    this.ranked = new RankedSearch(embedder, cut);
    this.current = current;
    this.committedSequence = current.sequence();
    this.progress = new ReadProgress(current.offsets());
    this.searchers = new SearcherManager(files.writer(), null);
    countAll();
  }

  /// Opens or creates an index.
  ///
  /// @param files closed with the index
  /// @param embedder stays open; the index was built with the same model, or is built anew
  /// @throws UncheckedIOException when the directory cannot be used
  public static LuceneIndex open(IndexFiles files, TextEmbedder embedder) {
    return open(files, embedder, Cut.CALIBRATED);
  }

  /// @see #open(IndexFiles, TextEmbedder)
  public static LuceneIndex open(IndexFiles files, TextEmbedder embedder, Cut cut) {
    String schema = schema(embedder);
    try {
      IndexState found = IndexState.read(files.commitData());
      if (found.schema().equals(schema)) {
        return new LuceneIndex(files, embedder, cut, found.resumed());
      }
      files.writer().deleteAll();
      LuceneIndex index = new LuceneIndex(files, embedder, cut, IndexState.ofNew(schema));
      index.changedSinceCommit = true;
      index.commit();
      return index;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open the index in " + files, e);
    }
  }

  /// The version of documents and embeddings; an index of another one is built anew.
  static String schema(TextEmbedder embedder) {
    return ResultDocument.VERSION + "/" + embedder.id();
  }

  private void countAll() throws IOException {
    tallies.set(read(ResultQueries::tallies));
  }

  /// After a write that failed, because the disk is full for instance, the index stands at its last
  /// commit again, and what came behind it is read once more.
  ///
  /// @throws UncheckedIOException when the directory still cannot be used
  @Override
  public boolean claim() {
    if (failed || !files.writer().isOpen()) {
      try {
        files.reopen();
        current = IndexState.read(files.commitData()).resumed();
        committedSequence = current.sequence();
        changedSinceCommit = false;
        progress = new ReadProgress(current.offsets());
        results = new ResultWriter(files.writer(), embedder);
        SearcherManager broken = searchers;
        searchers = new SearcherManager(files.writer(), null);
        broken.close();
        countAll();
        failed = false;
        signal.changed();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot open the index in " + files, e);
      }
    }
    return true;
  }

  @Override
  public Map<SourcePartition, Long> nextOffsets() {
    return current.offsets();
  }

  @Override
  public void readFrom(String clusterId) {
    if (!current.cluster().isEmpty() && !current.cluster().equals(clusterId)) {
      clear();
    }
    current = current.of(clusterId);
  }

  @Override
  public void apply(IndexBatch batch) {
    if (current.sequence() + batch.changes().size() - committedSequence
        > IndexState.MAX_UNCOMMITTED) {
      commit();
    }
    try {
      Map<ResultKey, IndexedBefore> before =
          read(searcher -> IndexedBefore.of(BatchPlan.keys(batch), searcher));
      BatchPlan plan = BatchPlan.of(batch, IndexedBefore.formers(before), current.position());
      read(searcher -> {
        results.write(plan, searcher.getIndexReader());
        return plan;
      });
      progress.readUpTo(batch.nextOffsets());
      current = current.after(plan.last(), progress.nextOffsets());
      changedSinceCommit = true;
      if (!plan.isEmpty()) {
        searchers.maybeRefreshBlocking();
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

  @Override
  public void commit() {
    if (!changedSinceCommit) {
      return;
    }
    try {
      files.writer().setLiveCommitData(current.write().entrySet());
      files.writer().commit();
      committedSequence = current.sequence();
      changedSinceCommit = false;
    } catch (IOException e) {
      failed = true;
      throw new UncheckedIOException("cannot commit the index in " + files, e);
    }
  }

  @Override
  public void removeBefore(Instant time) {
    try {
      long forgotten = read(searcher -> lastRemoval(searcher, ResultDocument.micros(time) - 1));
      remove(ResultWriter.endedBefore(time));
      results.forgetRemovals(time);
      current = current.forgetting(forgotten);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove from the index in " + files, e);
    }
  }

  private static long lastRemoval(IndexSearcher searcher, long before) throws IOException {
    TopDocs found =
        searcher.search(
            LongField.newRangeQuery(ResultDocument.REMOVED_AT, Long.MIN_VALUE, before),
            1,
            new Sort(
                LongField.newSortField(
                    ResultDocument.SEQUENCE, true, SortedNumericSelector.Type.MAX)));
    for (ScoreDoc one : found.scoreDocs) {
      return ResultDocument.read(searcher.storedFields().document(one.doc), "")
          .position()
          .sequence();
    }
    return 0;
  }

  @Override
  public void removeBelow(SourcePartition partition, long firstOffset) {
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
    boolean removed = read(searcher -> results.remove(query, searcher));
    if (removed) {
      searchers.maybeRefreshBlocking();
      countAll();
    }
    boolean looked = read(results::removeUnusedMeanings);
    if (looked) {
      // A result of such a text may come next.
      searchers.maybeRefreshBlocking();
    }
    changedSinceCommit |= removed || looked;
  }

  @Override
  public void clear() {
    try {
      files.writer().deleteAll();
      progress.clear();
      current = current.cleared();
      committedSequence = 0;
      changedSinceCommit = true;
      searchers.maybeRefreshBlocking();
      countAll();
      commit();
      signal.changed();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot clear the index in " + files, e);
    }
  }

  @Override
  public void topicsEndAt(Map<SourcePartition, Long> ends) {
    progress.topicsEndAt(ends);
  }

  @Override
  public List<StreamFacts> streams() {
    return tallies.all();
  }

  @Override
  public Optional<StreamFacts> stream(String id) {
    return tallies.of(id);
  }

  /// Whether a word, without its ending, is common enough in the index that its absence from a
  /// result says something.
  public boolean isKnownWord(String term) {
    return answer(searcher -> RankedSearch.isKnown(searcher, term));
  }

  /// Merges away what was replaced and removed, which until then still weighs in the scores of
  /// words.
  public void compact() {
    try {
      files.writer().forceMergeDeletes();
      searchers.maybeRefreshBlocking();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot compact the index in " + files, e);
    }
  }

  @Override
  public ResultPage list(ResultListing listing) {
    return answer(searcher -> ResultQueries.list(searcher, listing, current.build()));
  }

  @Override
  public Optional<IndexedResult> find(ResultType type, String id) {
    return answer(searcher -> ResultQueries.find(searcher, type, id, current.build()));
  }

  @Override
  public SearchOutcome search(SearchRequest request) {
    return answer(searcher -> ranked.search(searcher, request, current.build()));
  }

  @Override
  public Changes changes(ChangePosition after, int limit, Duration wait) {
    long deadline = System.nanoTime() + wait.toNanos();
    while (true) {
      long seen = signal.count();
      IndexState now = current;
      if (!after.build().equals(now.build())
          || after.sequence() < now.forgotten()
          || after.sequence() > now.sequence()) {
        return new Changes.Restarted(now.position());
      }
      List<Change> changes =
          answer(searcher -> ResultQueries.changes(searcher, after.sequence(), limit, now.build()));
      if (!changes.isEmpty()) {
        return new Changes.Continued(changes, changes.getLast().position());
      }
      if (!signal.await(seen, deadline)) {
        return new Changes.Continued(List.of(), after);
      }
    }
  }

  @Override
  public ChangePosition latestChange() {
    return current.position();
  }

  @Override
  public IndexProgress progress() {
    return progress.of(answer(ResultQueries::count));
  }

  @Override
  public void close() {
    signal.close();
    try {
      if (!failed && files.writer().isOpen()) {
        commit();
      }
      searchers.close();
      files.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close the index in " + files, e);
    }
  }

  @FunctionalInterface
  interface Reading<T> {

    T from(IndexSearcher searcher) throws IOException;
  }

  private <T> T read(Reading<T> reading) throws IOException {
    SearcherManager manager = searchers;
    IndexSearcher searcher = manager.acquire();
    try {
      return reading.from(searcher);
    } finally {
      manager.release(searcher);
    }
  }

  private <T> T answer(Reading<T> reading) {
    try {
      return read(reading);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the index in " + files, e);
    }
  }
}
