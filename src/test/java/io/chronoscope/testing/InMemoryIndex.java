package io.chronoscope.testing;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Result;
import io.chronoscope.search.ChangePosition;
import io.chronoscope.search.Changes;
import io.chronoscope.search.Changes.Change;
import io.chronoscope.search.IndexBatch;
import io.chronoscope.search.IndexProgress;
import io.chronoscope.search.IndexedResult;
import io.chronoscope.search.ListPosition;
import io.chronoscope.search.PublishedResult;
import io.chronoscope.search.ResultListing;
import io.chronoscope.search.ResultPage;
import io.chronoscope.search.SearchHit;
import io.chronoscope.search.SearchHit.Emphasis;
import io.chronoscope.search.SearchHit.Fragment;
import io.chronoscope.search.SearchOutcome;
import io.chronoscope.search.SearchRequest;
import io.chronoscope.search.SourcePartition;
import io.chronoscope.search.StreamFacts;
import io.chronoscope.search.StreamTally;
import io.chronoscope.search.TopicChange;
import io.chronoscope.search.UpdatableIndex;
import io.chronoscope.wire.ResultJson;
import io.chronoscope.wire.ResultType;
import io.chronoscope.wire.TopicNames;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// An index in a map: what the real ones have to answer, in the plainest code. It finds words as
/// they are typed and knows nothing of meaning; the cut is that all words must occur.
public final class InMemoryIndex implements UpdatableIndex {

  private record Key(ResultType type, String id) {}

  private final Map<Key, IndexedResult> results = new HashMap<>();
  private final Map<Key, Change.Removed> removed = new HashMap<>();
  private final Map<SourcePartition, Long> offsets = new HashMap<>();
  private final Map<SourcePartition, Long> ends = new HashMap<>();
  private String build;
  private long sequence;
  private boolean closed;

  public InMemoryIndex() {
    this("memory");
  }

  /// @param build another one makes followers start again
  public InMemoryIndex(String build) {
    this.build = build;
  }

  /// Publishes results as if they were the next records of partition 0 of their topics.
  public void publish(Result... some) {
    publish(Instant.now(), some);
  }

  public synchronized void publish(Instant publishedAt, Result... some) {
    List<TopicChange> changes = new ArrayList<>();
    Map<SourcePartition, Long> next = new HashMap<>(offsets);
    for (Result result : some) {
      SourcePartition partition =
          new SourcePartition(TopicNames.DEFAULT.of(ResultType.of(result)), 0);
      long offset = next.getOrDefault(partition, 0L);
      next.put(partition, offset + 1);
      changes.add(
          new TopicChange.Published(
              new PublishedResult(
                  result,
                  ResultJson.write(result).toString(),
                  new ChunkOrigin(partition.topic(), 0, offset),
                  publishedAt)));
    }
    apply(new IndexBatch(changes, next));
  }

  @Override
  public synchronized Map<SourcePartition, Long> nextOffsets() {
    return Map.copyOf(offsets);
  }

  @Override
  public void readFrom(String clusterId) {}

  @Override
  public synchronized void apply(IndexBatch batch) {
    for (TopicChange change : batch.changes()) {
      switch (change) {
        case TopicChange.Published published -> add(published.result());
        case TopicChange.Removed gone ->
            results.values().stream()
                .filter(one -> one.type().topic() == gone.topic() && one.id().equals(gone.id()))
                .toList()
                .forEach(this::remove);
      }
    }
    offsets.putAll(batch.nextOffsets());
    notifyAll();
  }

  private void add(PublishedResult published) {
    Key key = new Key(ResultType.of(published.result()), published.result().id());
    IndexedResult former = results.get(key);
    boolean revised = published.result() instanceof Result.Revised;
    if (former == null || !revised || revision(published.result()) > revision(former.result())) {
      removed.remove(key);
      results.put(key, new IndexedResult(published, nextPosition()));
    }
  }

  private static int revision(Result result) {
    return result instanceof Result.Revised revised ? revised.revision() : 0;
  }

  private void remove(IndexedResult one) {
    Key key = new Key(one.type(), one.id());
    results.remove(key);
    removed.put(key, new Change.Removed(nextPosition(), one.type(), one.stream(), one.id()));
  }

  private ChangePosition nextPosition() {
    return new ChangePosition(build, ++sequence);
  }

  @Override
  public void commit() {}

  @Override
  public synchronized void removeBefore(Instant time) {
    results.values().removeIf(one -> one.end().isBefore(time));
  }

  @Override
  public synchronized void removeBelow(SourcePartition partition, long firstOffset) {
    results
        .values()
        .removeIf(one ->
            one.at().topic().equals(partition.topic())
                && one.at().partition() == partition.partition()
                && one.at().offset() < firstOffset);
  }

  @Override
  public synchronized void clear() {
    results.clear();
    removed.clear();
    offsets.clear();
    build += "'";
    sequence = 0;
    notifyAll();
  }

  @Override
  public synchronized void topicsEndAt(Map<SourcePartition, Long> endOffsets) {
    ends.putAll(endOffsets);
  }

  @Override
  public synchronized List<StreamFacts> streams() {
    Map<String, StreamTally> tallies = new TreeMap<>();
    results.values().stream()
        .sorted(Comparator.comparing(one -> one.changed().sequence()))
        .forEach(one -> tallies.computeIfAbsent(one.stream(), StreamTally::new).add(one));
    return tallies.values().stream().map(StreamTally::facts).toList();
  }

  @Override
  public Optional<StreamFacts> stream(String id) {
    return streams().stream().filter(one -> one.id().equals(id)).findFirst();
  }

  @Override
  public synchronized ResultPage list(ResultListing listing) {
    Comparator<ListPosition> order =
        switch (listing.order()) {
          case OLDEST_FIRST -> Comparator.naturalOrder();
          case NEWEST_FIRST -> Comparator.reverseOrder();
        };
    List<IndexedResult> all =
        results.values().stream()
            .filter(listing.filter()::matches)
            .filter(one ->
                listing.after().isEmpty()
                    || order.compare(ListPosition.of(one), listing.after().get()) > 0)
            .sorted(Comparator.comparing(ListPosition::of, order))
            .toList();
    if (all.size() <= listing.limit()) {
      return new ResultPage(all, Optional.empty());
    }
    List<IndexedResult> page = all.subList(0, listing.limit());
    return new ResultPage(page, Optional.of(ListPosition.of(page.getLast())));
  }

  @Override
  public synchronized Optional<IndexedResult> find(ResultType type, String id) {
    return Optional.ofNullable(results.get(new Key(type, id)));
  }

  @Override
  public synchronized SearchOutcome search(SearchRequest request) {
    Set<String> words = new TreeSet<>(words(request.text()));
    List<SearchHit> hits =
        results.values().stream()
            .filter(request.filter()::matches)
            .filter(one -> words(one.text()).containsAll(words))
            .sorted(Comparator.comparing(IndexedResult::type).thenComparing(ListPosition::of))
            .limit(request.limit())
            .map(one -> new SearchHit(one, 1, fragments(one.text(), words), Optional.empty()))
            .toList();
    return hits.isEmpty()
        ? new SearchOutcome.NothingFound("no result has these words")
        : new SearchOutcome.Found(hits);
  }

  private static List<String> words(String text) {
    return List.of(text.toLowerCase(Locale.ROOT).split("\\W+"));
  }

  private static List<Fragment> fragments(String text, Set<String> words) {
    List<Fragment> fragments = new ArrayList<>();
    for (String piece : text.split("\\b")) {
      fragments.add(
          new Fragment(
              piece,
              words.contains(piece.toLowerCase(Locale.ROOT)) ? Emphasis.MATCH : Emphasis.NONE));
    }
    return fragments;
  }

  @Override
  public synchronized Changes changes(ChangePosition after, int limit, Duration wait) {
    if (!after.build().equals(build)) {
      return new Changes.Restarted(latestChange());
    }
    long deadline = System.nanoTime() + wait.toNanos();
    long millis = wait.toMillis();
    while (sequence <= after.sequence() && !closed && millis > 0) {
      try {
        wait(millis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
      millis = (deadline - System.nanoTime()) / 1_000_000;
    }
    List<Change> list = new ArrayList<>();
    results.values().forEach(one -> list.add(new Change.Upserted(one)));
    list.addAll(removed.values());
    List<Change> newer =
        list.stream()
            .filter(change -> change.position().sequence() > after.sequence())
            .sorted(Comparator.comparing(change -> change.position().sequence()))
            .limit(limit)
            .toList();
    return new Changes.Continued(newer, newer.isEmpty() ? after : newer.getLast().position());
  }

  @Override
  public synchronized ChangePosition latestChange() {
    return new ChangePosition(build, sequence);
  }

  @Override
  public synchronized IndexProgress progress() {
    List<IndexProgress.OfPartition> partitions =
        offsets.entrySet().stream()
            .map(entry ->
                new IndexProgress.OfPartition(
                    entry.getKey(),
                    entry.getValue(),
                    ends.getOrDefault(entry.getKey(), entry.getValue())))
            .sorted(Comparator.comparing(one -> one.partition().toString()))
            .toList();
    return new IndexProgress(IndexProgress.Phase.FOLLOWING, results.size(), partitions);
  }

  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
  }
}
