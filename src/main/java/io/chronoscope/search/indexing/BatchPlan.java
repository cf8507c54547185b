package io.chronoscope.search.indexing;

import io.chronoscope.domain.Result;
import io.chronoscope.search.ChangePosition;
import io.chronoscope.search.Changes.Change;
import io.chronoscope.search.IndexBatch;
import io.chronoscope.search.IndexedResult;
import io.chronoscope.search.PublishedResult;
import io.chronoscope.search.TopicChange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What a batch of records changes in an index, of each result the last state that the batch
/// brings.
public final class BatchPlan {

  /// A result as it is indexed before the batch.
  ///
  /// @param revision 0 for a result that is never revised
  public record Former(String stream, int revision) {}

  private final Map<ResultKey, Change> changes = new LinkedHashMap<>();
  private final Map<ResultKey, Former> formers;
  private ChangePosition last;

  private BatchPlan(Map<ResultKey, Former> formers, ChangePosition before) {
    this.formers = Map.copyOf(formers);
    this.last = before;
  }

  /// What has to be looked up in the index before a batch.
  public static Set<ResultKey> keys(IndexBatch batch) {
    Set<ResultKey> keys = new LinkedHashSet<>();
    batch.changes().forEach(change -> keys.addAll(ResultKey.of(change)));
    return keys;
  }

  /// @param formers those of [#keys] that are in the index
  /// @param before the latest change of the index
  public static BatchPlan of(
      IndexBatch batch, Map<ResultKey, Former> formers, ChangePosition before) {
    BatchPlan plan = new BatchPlan(formers, before);
    for (TopicChange change : batch.changes()) {
      switch (change) {
        case TopicChange.Published published -> plan.publish(published.result());
        case TopicChange.Removed removed -> plan.remove(removed);
      }
    }
    return plan;
  }

  /// 0 for results that are never revised.
  public static int revision(Result result) {
    return result instanceof Result.Revised revised ? revised.revision() : 0;
  }

  private void publish(PublishedResult published) {
    ResultKey key = ResultKey.of(published.result());
    int revision = revision(published.result());
    if (revision == 0 || revision > knownRevision(key)) {
      // A result that changes twice in a batch takes its place in the order of its last change.
      changes.remove(key);
      changes.put(key, new Change.Upserted(new IndexedResult(published, next())));
    }
  }

  private int knownRevision(ResultKey key) {
    return switch (changes.get(key)) {
      case Change.Upserted upserted -> revision(upserted.result().result());
      case Change.Removed removed -> 0;
      case null -> Optional.ofNullable(formers.get(key)).map(Former::revision).orElse(0);
    };
  }

  private void remove(TopicChange.Removed removed) {
    for (ResultKey key : ResultKey.of(removed)) {
      Optional<String> stream =
          changes.get(key) instanceof Change.Upserted pending
              ? Optional.of(pending.stream())
              : Optional.ofNullable(formers.get(key)).map(Former::stream);
      if (stream.isPresent() && !(changes.get(key) instanceof Change.Removed)) {
        changes.remove(key);
        changes.put(key, new Change.Removed(next(), key.type(), stream.get(), key.id()));
      }
    }
  }

  private ChangePosition next() {
    last = new ChangePosition(last.build(), last.sequence() + 1);
    return last;
  }

  public boolean isEmpty() {
    return changes.isEmpty();
  }

  /// The position of the last change, or of the one before the batch.
  public ChangePosition last() {
    return last;
  }

  /// What changes, whether or not it was in the index before.
  public Set<ResultKey> changed() {
    return Set.copyOf(changes.keySet());
  }

  public List<IndexedResult> upserts() {
    List<IndexedResult> upserts = new ArrayList<>();
    for (Change change : changes.values()) {
      if (change instanceof Change.Upserted upserted) {
        upserts.add(upserted.result());
      }
    }
    return upserts;
  }

  /// Also of results that this batch itself brings: a process that died may have shown them to
  /// those who follow the changes.
  public List<Change.Removed> removals() {
    List<Change.Removed> removals = new ArrayList<>();
    for (Change change : changes.values()) {
      if (change instanceof Change.Removed removed) {
        removals.add(removed);
      }
    }
    return removals;
  }

  /// Whether the index has another revision of it.
  public boolean replaces(IndexedResult one) {
    return formers.containsKey(ResultKey.of(one));
  }
}
