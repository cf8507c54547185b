package io.chronoscope.search.opensearch;

import io.chronoscope.search.ChangePosition;
import io.chronoscope.search.Changes;
import io.chronoscope.search.Changes.Change;
import io.chronoscope.search.IndexBatch;
import io.chronoscope.search.IndexProgress;
import io.chronoscope.search.IndexUnavailableException;
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
import io.chronoscope.search.indexing.ResultKey;
import io.chronoscope.search.opensearch.IndexUpdates.Writing;
import io.chronoscope.search.query.Cut;
import io.chronoscope.wire.ResultType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The index in OpenSearch, which any number of processes read and one at a time writes. What is
/// applied is visible and durable at once; the offsets of the topics are written after it. The
/// process that resumes after a crash reads some records again, which changes nothing.
///
/// `IndexUpdates` is the side that writes; `ResultQueries`, `RankedSearch` and `StreamCounts` are
/// what is asked.
public final class OpenSearchIndex implements UpdatableIndex {

  /// How often a process that does not write looks for changes.
  private static final Duration POLL = Duration.ofMillis(500);

  /// How long the counts of streams hold without a change, for what is removed without one.
  private static final Duration COUNTS_HOLD = Duration.ofSeconds(5);

  private final String index;
  private final Requests requests;
  private final StateDocument document;
  private final IndexUpdates updates;
  private final ResultQueries queries;
  private final RankedSearch ranked;
  private final StreamCounts counts;
  private final ChangeSignal signal = new ChangeSignal();

  private volatile @Nullable Seen lastSeen;
  private volatile @Nullable Counted counted;

  /// The state as another process wrote it.
  private record Seen(IndexState state, long atNanos) {}

  private record Counted(ChangePosition position, long atNanos, List<StreamFacts> streams) {}

  private OpenSearchIndex(
      OpenSearchServer server, TextEmbedder embedder, Cut cut, LongSupplier nanoTime) {
    this.index = name(server, embedder);
    this.requests = new Requests(server);
    this.document = new StateDocument(requests, index);
    this.queries = new ResultQueries(requests, index);
    this.ranked = new RankedSearch(requests, index, embedder, cut);
    this.counts = new StreamCounts(requests, index);
    String schema = ResultDocument.VERSION + "/" + embedder.id();
    this.updates =
        new IndexUpdates(
            new WriterClaim(document, schema, nanoTime),
            new IndexWrites(requests, index),
            queries,
            embedder,
            server.shards(),
            signal);
  }

  /// Does not connect yet. Requests fail with [IndexUnavailableException] while the server cannot
  /// be reached, and as long as no process has claimed the index for the first time.
  ///
  /// @param embedder stays open; an index of another model has another name
  public static OpenSearchIndex of(OpenSearchServer server, TextEmbedder embedder) {
    return of(server, embedder, Cut.CALIBRATED, System::nanoTime);
  }

  /// @param nanoTime the clock by which a writer counts as gone, as [System#nanoTime()]
  static OpenSearchIndex of(
      OpenSearchServer server, TextEmbedder embedder, Cut cut, LongSupplier nanoTime) {
    return new OpenSearchIndex(server, embedder, cut, nanoTime);
  }

  private static String name(OpenSearchServer server, TextEmbedder embedder) {
    String model = embedder.id().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    return server.index() + "-" + ResultDocument.VERSION + "-" + model;
  }

  /// The index's name on the server.
  public String name() {
    return index;
  }

  @Override
  public boolean claim() {
    return updates.claim();
  }

  @Override
  public Map<SourcePartition, Long> nextOffsets() {
    return updates.nextOffsets();
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
    counted = null;
  }

  @Override
  public void removeBelow(SourcePartition partition, long firstOffset) {
    updates.removeBelow(partition, firstOffset);
    counted = null;
  }

  @Override
  public void clear() {
    updates.clear();
  }

  @Override
  public void topicsEndAt(Map<SourcePartition, Long> endOffsets) {
    updates.topicsEndAt(endOffsets);
  }

  /// Where the index stands; for a process that does not write, at most [#POLL] ago.
  private IndexState state() {
    return updates.underway().map(Writing::state).orElseGet(this::lastSeen);
  }

  private IndexState lastSeen() {
    Seen seen = lastSeen;
    if (seen == null || System.nanoTime() - seen.atNanos() > POLL.toNanos()) {
      StateDocument.Version version =
          document
              .read()
              .orElseThrow(
                  () -> new IndexUnavailableException("the search index is not built yet"));
      seen = new Seen(version.state(), System.nanoTime());
      lastSeen = seen;
    }
    return seen.state();
  }

  @Override
  public List<StreamFacts> streams() {
    ChangePosition position = state().position();
    Counted last = counted;
    if (last == null
        || !last.position().equals(position)
        || System.nanoTime() - last.atNanos() > COUNTS_HOLD.toNanos()) {
      last = new Counted(position, System.nanoTime(), List.copyOf(counts.all()));
      counted = last;
    }
    return last.streams();
  }

  @Override
  public Optional<StreamFacts> stream(String id) {
    return streams().stream().filter(one -> one.id().equals(id)).findFirst();
  }

  @Override
  public ResultPage list(ResultListing listing) {
    return queries.list(listing, state().build());
  }

  @Override
  public Optional<IndexedResult> find(ResultType type, String id) {
    return queries.find(new ResultKey(type, id), state().build());
  }

  @Override
  public SearchOutcome search(SearchRequest request) {
    return ranked.search(request, state().build());
  }

  @Override
  public Changes changes(ChangePosition after, int limit, Duration wait) {
    long deadline = System.nanoTime() + wait.toNanos();
    while (true) {
      long seen = signal.count();
      boolean writer = updates.underway().isPresent();
      IndexState now = state();
      if (!now.remembers(after) || (writer && after.sequence() > now.sequence())) {
        return new Changes.Restarted(now.position());
      }
      List<Change> changes = queries.changes(after.sequence(), now, limit);
      if (!changes.isEmpty()) {
        return new Changes.Continued(changes, changes.getLast().position());
      }
      long until = writer ? deadline : Math.min(deadline, System.nanoTime() + POLL.toNanos());
      if (!signal.await(seen, until) && (until == deadline || signal.isClosed())) {
        return new Changes.Continued(List.of(), after);
      }
    }
  }

  @Override
  public ChangePosition latestChange() {
    return state().position();
  }

  /// Of a process that does not write, as if the topics ended where the writer stands.
  @Override
  public IndexProgress progress() {
    long results = queries.count();
    return updates
        .underway()
        .map(writing -> writing.progress().of(results))
        .orElseGet(() -> state().progress(results));
  }

  @Override
  public void close() {
    signal.close();
    try {
      updates.close();
    } finally {
      requests.close();
    }
  }
}
