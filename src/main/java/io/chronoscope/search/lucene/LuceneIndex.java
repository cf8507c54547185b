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
import io.chronoscope.search.indexing.ChangeSignal;
import io.chronoscope.search.indexing.IndexState;
import io.chronoscope.search.query.Cut;
import io.chronoscope.wire.ResultType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The index in a Lucene directory, which it alone writes. What is applied is visible at once and
/// durable with the next [#commit()]; the offsets of the topics are part of each Lucene commit, so
/// that a process that dies at any moment resumes exactly where its index stands.
///
/// `IndexUpdates` is the side that writes; `ResultQueries` and `RankedSearch` are what is asked.
public final class LuceneIndex implements UpdatableIndex {

  private final IndexFiles files;
  private final IndexViews views;
  private final StreamTallies tallies;
  private final IndexUpdates updates;
  private final RankedSearch ranked;
  private final ChangeSignal signal = new ChangeSignal();

  private LuceneIndex(IndexFiles files, TextEmbedder embedder, Cut cut) throws IOException {
    this.files = files;
    this.views = new IndexViews(files);
    this.tallies =
        new StreamTallies(
            stream -> views.answer(searcher -> ResultQueries.tally(searcher, stream)));
    this.updates = new IndexUpdates(files, views, tallies, embedder, schema(embedder), signal);
    this.ranked = new RankedSearch(embedder, cut);
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
    try {
      return new LuceneIndex(files, embedder, cut);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open the index in " + files, e);
    }
  }

  /// The version of documents and embeddings; an index of another one is built anew.
  static String schema(TextEmbedder embedder) {
    return ResultDocument.VERSION + "/" + embedder.id();
  }

  /// Nobody else can write it; after a write that failed it goes back to its last commit.
  ///
  /// @throws UncheckedIOException when the directory still cannot be used
  @Override
  public boolean claim() {
    updates.recover();
    return true;
  }

  @Override
  public Map<SourcePartition, Long> nextOffsets() {
    return updates.state().offsets();
  }

  @Override
  public void readFrom(String clusterId) {
    updates.readFrom(clusterId);
  }

  @Override
  public void apply(IndexBatch batch) {
    updates.apply(batch);
  }

  @Override
  public void commit() {
    updates.commit();
  }

  @Override
  public void removeBefore(Instant time) {
    updates.removeBefore(time);
  }

  @Override
  public void removeBelow(SourcePartition partition, long firstOffset) {
    updates.removeBelow(partition, firstOffset);
  }

  @Override
  public void clear() {
    updates.clear();
  }

  @Override
  public void topicsEndAt(Map<SourcePartition, Long> ends) {
    updates.progress().topicsEndAt(ends);
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
    return views.answer(searcher -> RankedSearch.isKnown(searcher, term));
  }

  /// Merges away what was replaced and removed, which until then still weighs in the scores of
  /// words.
  public void compact() {
    try {
      files.writer().forceMergeDeletes();
      views.refresh();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot compact the index in " + files, e);
    }
  }

  @Override
  public ResultPage list(ResultListing listing) {
    return views.answer(searcher -> ResultQueries.list(searcher, listing, updates.state().build()));
  }

  @Override
  public Optional<IndexedResult> find(ResultType type, String id) {
    return views.answer(
        searcher -> ResultQueries.find(searcher, type, id, updates.state().build()));
  }

  @Override
  public SearchOutcome search(SearchRequest request) {
    return views.answer(searcher -> ranked.search(searcher, request, updates.state().build()));
  }

  @Override
  public Changes changes(ChangePosition after, int limit, Duration wait) {
    long deadline = System.nanoTime() + wait.toNanos();
    while (true) {
      long seen = signal.count();
      IndexState now = updates.state();
      if (!now.remembers(after) || after.sequence() > now.sequence()) {
        return new Changes.Restarted(now.position());
      }
      List<Change> changes =
          views.answer(
              searcher -> ResultQueries.changes(searcher, after.sequence(), limit, now.build()));
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
    return updates.state().position();
  }

  @Override
  public IndexProgress progress() {
    return updates.progress().of(views.answer(ResultQueries::count));
  }

  @Override
  public void close() {
    signal.close();
    updates.close();
  }
}
