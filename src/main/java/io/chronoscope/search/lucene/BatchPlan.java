package io.chronoscope.search.lucene;

import io.chronoscope.search.ChangePosition;
import io.chronoscope.search.Changes.Change;
import io.chronoscope.search.IndexBatch;
import io.chronoscope.search.IndexedResult;
import io.chronoscope.search.PublishedResult;
import io.chronoscope.search.StreamTally;
import io.chronoscope.search.TopicChange;
import io.chronoscope.search.lucene.ResultDocument.RevisionAndTally;
import io.chronoscope.wire.ResultType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.util.Bits;

/// What a batch of records changes in an index, of each result the last state that the batch
/// brings.
final class BatchPlan {

  /// A result as it is indexed before the batch.
  private record Former(ResultType type, String id, String stream, RevisionAndTally known) {}

  private final IndexSearcher searcher;
  private final Map<String, Change> changes = new LinkedHashMap<>();
  private final Map<String, Optional<Former>> formers = new HashMap<>();
  private ChangePosition last;

  private BatchPlan(IndexSearcher searcher, ChangePosition before) {
    this.searcher = searcher;
    this.last = before;
  }

  /// @param searcher a view of everything that was applied before
  /// @param before the latest change of the index
  static BatchPlan of(IndexBatch batch, IndexSearcher searcher, ChangePosition before)
      throws IOException {
    BatchPlan plan = new BatchPlan(searcher, before);
    for (TopicChange change : batch.changes()) {
      switch (change) {
        case TopicChange.Published published -> plan.publish(published.result());
        case TopicChange.Removed removed -> plan.remove(removed);
      }
    }
    return plan;
  }

  private void publish(PublishedResult published) throws IOException {
    ResultType type = ResultType.of(published.result());
    String key = ResultDocument.key(type, published.result().id());
    int revision = ResultDocument.revision(published.result());
    if (revision == 0 || revision > knownRevision(key)) {
      // A result that changes twice in a batch takes its place in the order of its last change.
      changes.remove(key);
      changes.put(key, new Change.Upserted(new IndexedResult(published, next())));
    }
  }

  private int knownRevision(String key) throws IOException {
    Change pending = changes.get(key);
    Optional<Former> former = former(key);
    return switch (pending) {
      case Change.Upserted upserted -> ResultDocument.revision(upserted.result().result());
      case Change.Removed removed -> 0;
      case null -> former.map(one -> one.known().revision()).orElse(0);
    };
  }

  private void remove(TopicChange.Removed removed) throws IOException {
    for (ResultType type : ResultType.values()) {
      if (type.topic() == removed.topic()) {
        String key = ResultDocument.key(type, removed.id());
        Optional<String> stream =
            changes.get(key) instanceof Change.Upserted pending
                ? Optional.of(pending.stream())
                : former(key).map(Former::stream);
        if (stream.isPresent() && !(changes.get(key) instanceof Change.Removed)) {
          changes.remove(key);
          changes.put(key, new Change.Removed(next(), type, stream.get(), removed.id()));
        }
      }
    }
  }

  private ChangePosition next() {
    last = new ChangePosition(last.build(), last.sequence() + 1);
    return last;
  }

  private Optional<Former> former(String key) throws IOException {
    Optional<Former> known = formers.get(key);
    if (known == null) {
      known = lookUp(key);
      formers.put(key, known);
    }
    return known;
  }

  private Optional<Former> lookUp(String key) throws IOException {
    Term term = new Term(ResultDocument.KEY, key);
    for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
      PostingsEnum found = leaf.reader().postings(term, PostingsEnum.NONE);
      if (found == null) {
        continue;
      }
      Bits live = leaf.reader().getLiveDocs();
      for (int doc = found.nextDoc(); doc != PostingsEnum.NO_MORE_DOCS; doc = found.nextDoc()) {
        if (live == null || live.get(doc)) {
          BinaryDocValues tally =
              leaf.reader().getBinaryDocValues(ResultDocument.REVISION_AND_TALLY);
          SortedDocValues stream = leaf.reader().getSortedDocValues(ResultDocument.STREAM);
          tally.advanceExact(doc);
          stream.advanceExact(doc);
          RevisionAndTally entry = RevisionAndTally.read(tally.binaryValue());
          return Optional.of(
              new Former(
                  entry.entry().type(),
                  key.substring(key.indexOf('/') + 1),
                  stream.lookupOrd(stream.ordValue()).utf8ToString(),
                  entry));
        }
      }
    }
    return Optional.empty();
  }

  boolean isEmpty() {
    return changes.isEmpty();
  }

  /// The position of the last change, or of the one before the batch.
  ChangePosition last() {
    return last;
  }

  List<IndexedResult> upserts() {
    List<IndexedResult> upserts = new ArrayList<>();
    for (Change change : changes.values()) {
      if (change instanceof Change.Upserted upserted) {
        upserts.add(upserted.result());
      }
    }
    return upserts;
  }

  List<Change.Removed> removals() {
    List<Change.Removed> removals = new ArrayList<>();
    for (Change change : changes.values()) {
      if (change instanceof Change.Removed removed && isIndexed(removed)) {
        removals.add(removed);
      }
    }
    return removals;
  }

  private boolean isIndexed(Change.Removed removed) {
    return indexed(ResultDocument.key(removed.type(), removed.id())).findAny().isPresent();
  }

  /// Whether the index has another revision of it.
  boolean replaces(IndexedResult one) {
    return indexed(ResultDocument.key(one.type(), one.id())).findAny().isPresent();
  }

  private Stream<Former> indexed(String key) {
    return formers.getOrDefault(key, Optional.empty()).stream();
  }

  /// What the replaced and the removed results contributed, by stream.
  Map<String, List<StreamTally.Entry>> formerEntries() {
    Map<String, List<StreamTally.Entry>> entries = new HashMap<>();
    changes
        .keySet()
        .forEach(key ->
            indexed(key)
                .forEach(former ->
                    entries
                        .computeIfAbsent(former.stream(), stream -> new ArrayList<>())
                        .add(former.known().entry())));
    return entries;
  }
}
