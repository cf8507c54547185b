package io.chronoscope.search.opensearch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.search.ChangePosition;
import io.chronoscope.search.Changes;
import io.chronoscope.search.Changes.Change;
import io.chronoscope.search.IndexBatch;
import io.chronoscope.search.IndexProgress;
import io.chronoscope.search.IndexUnavailableException;
import io.chronoscope.search.IndexedResult;
import io.chronoscope.search.ListPosition;
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
import io.chronoscope.search.indexing.Meanings;
import io.chronoscope.search.indexing.ReadProgress;
import io.chronoscope.search.indexing.ResultKey;
import io.chronoscope.search.query.Cut;
import io.chronoscope.wire.ResultType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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
/// Longer than others because it is both sides of [UpdatableIndex]; what it asks and writes is in
/// `IndexWrites`, `RankedSearch`, `StreamCounts` and `StateDocument`.
public final class OpenSearchIndex implements UpdatableIndex {

  /// Results that are embedded and sent at once.
  private static final int SLICE = 200;

  /// How often a process that does not write looks for changes.
  private static final Duration POLL = Duration.ofMillis(500);

  /// How long the counts of streams hold without a change, for what is removed without one.
  private static final Duration COUNTS_HOLD = Duration.ofSeconds(5);

  private final OpenSearchServer server;
  private final Requests requests;
  private final TextEmbedder embedder;
  private final String index;
  private final IndexWrites writes;
  private final StateDocument document;
  private final WriterClaim claim;
  private final RankedSearch ranked;
  private final StreamCounts counts;
  private final ChangeSignal signal = new ChangeSignal();

  private volatile @Nullable Writing writing;
  private volatile @Nullable Seen lastSeen;
  private volatile @Nullable Counted counted;

  /// This process writes the index.
  private record Writing(IndexState state, ReadProgress progress) {}

  /// The state as another process wrote it.
  private record Seen(IndexState state, long atNanos) {}

  private record Counted(ChangePosition position, long atNanos, List<StreamFacts> streams) {}

  private OpenSearchIndex(
      OpenSearchServer server, TextEmbedder embedder, Cut cut, LongSupplier nanoTime) {
    this.server = server;
    this.embedder = embedder;
    String schema = ResultDocument.VERSION + "/" + embedder.id();
    this.index = name(server, embedder);
    this.requests = new Requests(server);
    this.writes = new IndexWrites(requests, index);
    this.document = new StateDocument(requests, index);
    this.claim = new WriterClaim(document, schema, nanoTime);
    this.ranked = new RankedSearch(requests, index, embedder, cut);
    this.counts = new StreamCounts(requests, index);
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
    if (claim.isHeld()) {
      return true;
    }
    writing = null;
    writes.create(embedder.dimensions(), server.shards());
    claim
        .take()
        .ifPresent(state -> writing = new Writing(state, new ReadProgress(state.offsets())));
    return claim.isHeld();
  }

  private Writing writing() {
    Writing now = writing;
    if (now == null) {
      throw new IndexUnavailableException("this process does not write the search index");
    }
    return now;
  }

  private void nowAt(IndexState state) {
    writing = new Writing(state, writing().progress());
  }

  @Override
  public Map<SourcePartition, Long> nextOffsets() {
    return writing().state().offsets();
  }

  @Override
  public void readFrom(String clusterId) {
    IndexState state = writing().state();
    if (!state.cluster().isEmpty() && !state.cluster().equals(clusterId)) {
      clear();
    }
    nowAt(writing().state().of(clusterId));
  }

  @Override
  public void apply(IndexBatch batch) {
    Writing before = writing();
    try {
      claim.renew(before.state());
      BatchPlan plan =
          BatchPlan.of(batch, writes.formers(BatchPlan.keys(batch)), before.state().position());
      write(plan, before.state());
      before.progress().readUpTo(batch.nextOffsets());
      IndexState after = before.state().after(plan.last(), before.progress().nextOffsets());
      claim.write(after);
      nowAt(after);
      if (!plan.isEmpty()) {
        signal.changed();
      }
    } catch (IndexUnavailableException e) {
      // Some of it may be written, under numbers that must not be used again.
      writing =
          claim.isHeld()
              ? new Writing(before.state().resumed(), new ReadProgress(before.state().offsets()))
              : null;
      throw e;
    }
  }

  private void write(BatchPlan plan, IndexState state) {
    List<IndexedResult> upserts = plan.upserts();
    boolean written = true;
    for (int from = 0; from < upserts.size(); from += SLICE) {
      List<IndexedResult> slice = upserts.subList(from, Math.min(from + SLICE, upserts.size()));
      Map<IndexedResult, float[]> vectors = Meanings.of(slice, embedder);
      claim.renew(state);
      written &= writes.write(slice, vectors, List.of());
    }
    written &= writes.write(List.of(), Map.of(), plan.removals());
    if (!written) {
      claim.lose();
      throw new IndexUnavailableException("another process writes the search index now");
    }
    if (!plan.isEmpty()) {
      writes.refresh();
    }
  }

  /// What was applied is durable already; says that this process is alive.
  @Override
  public void commit() {
    claim.renew(writing().state());
  }

  @Override
  public void removeBefore(Instant time) {
    ObjectNode removed =
        Clauses.filter(
            List.of(
                Clauses.term(ResultDocument.KIND, ResultDocument.REMOVED),
                Clauses.below("removedAt", ResultDocument.micros(time))),
            List.of());
    IndexState state = writing().state().forgetting(lastSequence(removed));
    claim.write(state);
    nowAt(state);
    removeAll(Clauses.anyOf(List.of(Clauses.below("end", ResultDocument.micros(time)), removed)));
  }

  private long lastSequence(ObjectNode query) {
    ObjectNode body = Clauses.object().put("size", 1);
    body.set("query", query);
    body.set("sort", Clauses.array(List.of(Clauses.sort("sequence", "desc"))));
    body.set("_source", Clauses.strings(List.of("sequence")));
    List<JsonNode> hits = hits(body);
    return hits.isEmpty() ? 0 : hits.getFirst().path("_source").path("sequence").asLong();
  }

  @Override
  public void removeBelow(SourcePartition partition, long firstOffset) {
    if (firstOffset > 0) {
      removeAll(
          Clauses.filter(
              List.of(
                  Clauses.term("partition", partition.toString()),
                  Clauses.below("offset", firstOffset)),
              List.of()));
    }
  }

  private void removeAll(ObjectNode query) {
    writes.removeAll(query, () -> claim.renew(writing().state()));
    counted = null;
  }

  /// The numbers of changes go on, because the server remembers those of removed documents for a
  /// while; the build is another one.
  @Override
  public void clear() {
    Writing before = writing();
    IndexState resumed = before.state().resumed();
    IndexState state =
        before
            .state()
            .cleared()
            .after(
                new ChangePosition(before.state().cleared().build(), resumed.sequence()), Map.of());
    before.progress().clear();
    claim.write(state);
    nowAt(state);
    removeAll(
        Clauses.terms(ResultDocument.KIND, List.of(ResultDocument.RESULT, ResultDocument.REMOVED)));
    signal.changed();
  }

  @Override
  public void topicsEndAt(Map<SourcePartition, Long> endOffsets) {
    writing().progress().topicsEndAt(endOffsets);
  }

  /// Where the index stands; for a process that does not write, at most [#POLL] ago.
  private IndexState state() {
    Writing now = writing;
    if (now != null) {
      return now.state();
    }
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
    String order =
        switch (listing.order()) {
          case OLDEST_FIRST -> "asc";
          case NEWEST_FIRST -> "desc";
        };
    // One more than asked for, to know whether there is another page.
    ObjectNode body =
        Clauses.object().put("size", listing.limit() + 1).put("track_total_hits", false);
    body.set("query", FilterClauses.of(listing.filter()).query());
    body.set(
        "sort", Clauses.array(List.of(Clauses.sort("start", order), Clauses.sort("key", order))));
    listing
        .after()
        .ifPresent(after ->
            body.putArray("search_after").add(after.startMicros()).add(ResultKey.of(after).text()));
    List<JsonNode> hits = hits(body);
    String build = state().build();
    List<IndexedResult> results = new ArrayList<>();
    for (JsonNode hit : hits.subList(0, Math.min(hits.size(), listing.limit()))) {
      results.add(ResultDocument.readResult(hit.path("_source"), build));
    }
    return new ResultPage(
        results,
        hits.size() > listing.limit()
            ? Optional.of(ListPosition.of(results.getLast()))
            : Optional.empty());
  }

  private List<JsonNode> hits(ObjectNode body) {
    if (!body.has("_source")) {
      body.set("_source", Clauses.strings(ResultDocument.READ));
    }
    List<JsonNode> hits = new ArrayList<>();
    requests.post("/" + index + "/_search", body).path("hits").path("hits").forEach(hits::add);
    return hits;
  }

  @Override
  public Optional<IndexedResult> find(ResultType type, String id) {
    String build = state().build();
    return writes
        .find(new ResultKey(type, id))
        .map(source -> ResultDocument.readResult(source, build));
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
      boolean writer = writing != null;
      IndexState now = state();
      if (!after.build().equals(now.build())
          || after.sequence() < now.forgotten()
          || (writer && after.sequence() > now.sequence())) {
        return new Changes.Restarted(now.position());
      }
      List<Change> changes = changes(after.sequence(), now, limit);
      if (!changes.isEmpty()) {
        return new Changes.Continued(changes, changes.getLast().position());
      }
      long until = writer ? deadline : Math.min(deadline, System.nanoTime() + POLL.toNanos());
      if (!signal.await(seen, until) && (until == deadline || signal.isClosed())) {
        return new Changes.Continued(List.of(), after);
      }
    }
  }

  /// Up to where the index stands: what is beyond may be visible in parts only.
  private List<Change> changes(long after, IndexState now, int limit) {
    if (after >= now.sequence()) {
      return List.of();
    }
    ObjectNode body = Clauses.object().put("size", limit).put("track_total_hits", false);
    body.set(
        "query",
        Clauses.range("sequence", Clauses.object().put("gt", after).put("lte", now.sequence())));
    body.set("sort", Clauses.array(List.of(Clauses.sort("sequence", "asc"))));
    return hits(body).stream()
        .map(hit -> ResultDocument.read(hit.path("_source"), now.build()))
        .toList();
  }

  @Override
  public ChangePosition latestChange() {
    return state().position();
  }

  /// Of a process that does not write, as if the topics ended where the writer stands.
  @Override
  public IndexProgress progress() {
    Writing now = writing;
    long results =
        requests
            .post(
                "/" + index + "/_count",
                Clauses.object("query", Clauses.term(ResultDocument.KIND, ResultDocument.RESULT)))
            .path("count")
            .asLong();
    if (now != null) {
      return now.progress().of(results);
    }
    return new IndexProgress(
        IndexProgress.Phase.FOLLOWING,
        results,
        state().offsets().entrySet().stream()
            .map(one -> new IndexProgress.OfPartition(one.getKey(), one.getValue(), one.getValue()))
            .toList());
  }

  @Override
  public void close() {
    signal.close();
    Writing now = writing;
    try {
      if (now != null) {
        claim.release(now.state());
      }
    } catch (IndexUnavailableException e) {
      // Another process finds the claim abandoned after a while.
    } finally {
      writing = null;
      requests.close();
    }
  }
}
