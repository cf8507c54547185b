package io.chronoscope.search.lucene;

import io.chronoscope.search.indexing.BatchPlan;
import io.chronoscope.search.indexing.ResultKey;
import io.chronoscope.search.lucene.ResultDocument.RevisionAndTally;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.util.Bits;

/// What has to be known of a result that a batch replaces or removes.
record IndexedBefore(String stream, RevisionAndTally known) {

  /// @param searcher a view of everything that was applied before
  /// @return those of the keys that are in the index
  static Map<ResultKey, IndexedBefore> of(Set<ResultKey> keys, IndexSearcher searcher)
      throws IOException {
    Map<ResultKey, IndexedBefore> found = new HashMap<>();
    for (ResultKey key : keys) {
      lookUp(key, searcher).ifPresent(one -> found.put(key, one));
    }
    return found;
  }

  static Map<ResultKey, BatchPlan.Former> formers(Map<ResultKey, IndexedBefore> found) {
    Map<ResultKey, BatchPlan.Former> formers = new HashMap<>();
    found.forEach(
        (key, one) -> formers.put(key, new BatchPlan.Former(one.stream(), one.known().revision())));
    return formers;
  }

  private static Optional<IndexedBefore> lookUp(ResultKey key, IndexSearcher searcher)
      throws IOException {
    Term term = ResultDocument.keyTerm(key.type(), key.id());
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
          return Optional.of(
              new IndexedBefore(
                  stream.lookupOrd(stream.ordValue()).utf8ToString(),
                  RevisionAndTally.read(tally.binaryValue())));
        }
      }
    }
    return Optional.empty();
  }
}
