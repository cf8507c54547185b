package io.chronoscope.search.lucene;

import io.chronoscope.search.ChangePosition;
import io.chronoscope.search.Changes;
import io.chronoscope.search.IndexProgress;
import io.chronoscope.search.IndexedResult;
import io.chronoscope.search.ResultIndex;
import io.chronoscope.search.ResultListing;
import io.chronoscope.search.ResultPage;
import io.chronoscope.search.SearchOutcome;
import io.chronoscope.search.SearchRequest;
import io.chronoscope.search.StreamFacts;
import io.chronoscope.search.StreamTally;
import io.chronoscope.search.TextEmbedder;
import io.chronoscope.search.indexing.IndexState;
import io.chronoscope.search.query.Cut;
import io.chronoscope.wire.ResultType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

/// The last commit of an index that another process writes. It does not change.
public final class LuceneSnapshot implements ResultIndex, AutoCloseable {

  private final Directory directory;
  private final DirectoryReader reader;
  private final IndexSearcher searcher;
  private final IndexState commit;
  private final RankedSearch ranked;

  private LuceneSnapshot(Directory directory, DirectoryReader reader, TextEmbedder embedder)
      throws IOException {
    this.directory = directory;
    this.reader = reader;
    this.searcher = new IndexSearcher(reader);
    this.commit = IndexState.read(reader.getIndexCommit().getUserData());
    this.ranked = new RankedSearch(embedder, Cut.CALIBRATED);
  }

  /// @param embedder stays open
  /// @throws UncheckedIOException when there is no index that this version can read
  public static LuceneSnapshot open(Path folder, TextEmbedder embedder) {
    try {
      Directory directory = FSDirectory.open(folder);
      try {
        LuceneSnapshot snapshot =
            new LuceneSnapshot(directory, DirectoryReader.open(directory), embedder);
        if (!snapshot.commit.schema().equals(LuceneIndex.schema(embedder))) {
          snapshot.close();
          throw new IOException("it is of another version");
        }
        return snapshot;
      } catch (IndexNotFoundException e) {
        directory.close();
        throw new IOException("it has no commit yet", e);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot read the index in %s: %s".formatted(folder.toAbsolutePath(), e.getMessage()), e);
    }
  }

  @Override
  public List<StreamFacts> streams() {
    return answer(ResultQueries::tallies).values().stream().map(StreamTally::facts).toList();
  }

  @Override
  public Optional<StreamFacts> stream(String id) {
    Map<String, StreamTally> tallies = answer(ResultQueries::tallies);
    return Optional.ofNullable(tallies.get(id)).map(StreamTally::facts);
  }

  @Override
  public ResultPage list(ResultListing listing) {
    return answer(view -> ResultQueries.list(view, listing, commit.build()));
  }

  @Override
  public Optional<IndexedResult> find(ResultType type, String id) {
    return answer(view -> ResultQueries.find(view, type, id, commit.build()));
  }

  @Override
  public SearchOutcome search(SearchRequest request) {
    return answer(view -> ranked.search(view, request, commit.build()));
  }

  /// Nothing changes any more.
  @Override
  public Changes changes(ChangePosition after, int limit, Duration wait) {
    if (!commit.remembers(after)) {
      return new Changes.Restarted(latestChange());
    }
    List<Changes.Change> changes =
        answer(view -> ResultQueries.changes(view, after.sequence(), limit, commit.build()));
    return new Changes.Continued(changes, changes.isEmpty() ? after : changes.getLast().position());
  }

  @Override
  public ChangePosition latestChange() {
    return commit.position();
  }

  /// What the topics hold beyond the commit is unknown.
  @Override
  public IndexProgress progress() {
    return commit.progress(answer(ResultQueries::count));
  }

  private <T> T answer(IndexViews.Reading<T> reading) {
    try {
      return reading.from(searcher);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the index in " + directory, e);
    }
  }

  @Override
  public void close() {
    try {
      reader.close();
      directory.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close the index in " + directory, e);
    }
  }
}
