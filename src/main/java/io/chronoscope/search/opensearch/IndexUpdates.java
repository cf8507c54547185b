package io.chronoscope.search.opensearch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.search.ChangePosition;
import io.chronoscope.search.IndexBatch;
import io.chronoscope.search.IndexUnavailableException;
import io.chronoscope.search.IndexedResult;
import io.chronoscope.search.SourcePartition;
import io.chronoscope.search.TextEmbedder;
import io.chronoscope.search.indexing.BatchPlan;
import io.chronoscope.search.indexing.ChangeSignal;
import io.chronoscope.search.indexing.IndexState;
import io.chronoscope.search.indexing.ReadProgress;
import io.chronoscope.search.indexing.TextEmbeddings;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The writing side of [OpenSearchIndex], in the one process at a time that holds the claim; the
/// methods are those of [UpdatableIndex].
///
/// Any thread may call [#underway()], one thread the others.
final class IndexUpdates {

  /// Results that are embedded and sent at once.
  private static final int SLICE = 200;

  private final WriterClaim claim;
  private final IndexWrites writes;
  private final ResultQueries queries;
  private final TextEmbedder embedder;
  private final int shards;
  private final ChangeSignal signal;

  private volatile @Nullable Writing writing;

  /// This process writes the index.
  record Writing(IndexState state, ReadProgress progress) {}

  /// @param shards of a new index
  /// @param signal told of every change
  IndexUpdates(
      WriterClaim claim,
      IndexWrites writes,
      ResultQueries queries,
      TextEmbedder embedder,
      int shards,
      ChangeSignal signal) {
    this.claim = claim;
    this.writes = writes;
    this.queries = queries;
    this.embedder = embedder;
    this.shards = shards;
    this.signal = signal;
  }

  /// Where writing stands; empty while this process does not write the index.
  Optional<Writing> underway() {
    return Optional.ofNullable(writing);
  }

  boolean claim() {
    if (claim.isHeld()) {
      return true;
    }
    writing = null;
    writes.create(embedder.dimensions(), shards);
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

  Map<SourcePartition, Long> nextOffsets() {
    return writing().state().offsets();
  }

  void readFrom(String clusterId) {
    IndexState state = writing().state();
    if (!state.cluster().isEmpty() && !state.cluster().equals(clusterId)) {
      clear();
    }
    nowAt(writing().state().of(clusterId));
  }

  void apply(IndexBatch batch) {
    Writing before = writing();
    try {
      claim.renew(before.state());
      BatchPlan plan =
          BatchPlan.of(batch, queries.formers(BatchPlan.keys(batch)), before.state().position());
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
      Map<IndexedResult, float[]> vectors = TextEmbeddings.of(slice, embedder);
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
  void commit() {
    claim.renew(writing().state());
  }

  void removeBefore(Instant time) {
    ObjectNode removed =
        Clauses.filter(
            List.of(
                Clauses.term(ResultDocument.KIND, ResultDocument.REMOVED),
                Clauses.below("removedAt", StreamClock.epochMicros(time))),
            List.of());
    IndexState state = writing().state().forgetting(queries.lastSequence(removed));
    claim.write(state);
    nowAt(state);
    removeAll(Clauses.anyOf(List.of(Clauses.below("end", StreamClock.epochMicros(time)), removed)));
  }

  void removeBelow(SourcePartition partition, long firstOffset) {
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
  }

  /// The numbers of changes go on, because the server remembers those of removed documents for a
  /// while; the build is another one.
  void clear() {
    Writing before = writing();
    IndexState cleared = before.state().cleared();
    long sequence = before.state().resumed().sequence();
    IndexState state = cleared.after(new ChangePosition(cleared.build(), sequence), Map.of());
    before.progress().clear();
    claim.write(state);
    nowAt(state);
    removeAll(
        Clauses.terms(ResultDocument.KIND, List.of(ResultDocument.RESULT, ResultDocument.REMOVED)));
    signal.changed();
  }

  void topicsEndAt(Map<SourcePartition, Long> endOffsets) {
    writing().progress().topicsEndAt(endOffsets);
  }

  /// Lets another process write.
  void close() {
    Writing now = writing;
    writing = null;
    try {
      if (now != null) {
        claim.release(now.state());
      }
    } catch (IndexUnavailableException e) {
      // Another process finds the claim abandoned after a while.
    }
  }
}
