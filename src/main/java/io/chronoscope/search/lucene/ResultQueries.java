package io.chronoscope.search.lucene;

import io.chronoscope.domain.Result.StreamEnd;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.search.Changes.Change;
import io.chronoscope.search.IndexedResult;
import io.chronoscope.search.ListPosition;
import io.chronoscope.search.ResultListing;
import io.chronoscope.search.ResultPage;
import io.chronoscope.search.StreamTally;
import io.chronoscope.search.lucene.ResultDocument.RevisionAndTally;
import io.chronoscope.wire.ResultType;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.lucene.document.LongField;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.FieldDoc;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.SortedNumericSelector;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.BytesRef;

/// Lists and lookups over a point-in-time view of the index.
final class ResultQueries {

  private ResultQueries() {}

  /// @param build of the index
  static ResultPage list(IndexSearcher searcher, ResultListing listing, String build)
      throws IOException {
    boolean newestFirst =
        switch (listing.order()) {
          case OLDEST_FIRST -> false;
          case NEWEST_FIRST -> true;
        };
    Sort sort =
        new Sort(
            LongField.newSortField(
                ResultDocument.START, newestFirst, SortedNumericSelector.Type.MIN),
            new SortField(ResultDocument.KEY, SortField.Type.STRING, newestFirst));
    Query query = FilterQueries.of(listing.filter());
    // One more than asked for, to know whether there is another page.
    int wanted = listing.limit() + 1;
    TopDocs found =
        listing.after().isPresent()
            ? searcher.searchAfter(position(listing.after().get(), searcher), query, wanted, sort)
            : searcher.search(query, wanted, sort);
    List<IndexedResult> results = new ArrayList<>();
    StoredFields stored = searcher.storedFields();
    for (ScoreDoc one : found.scoreDocs) {
      if (results.size() < listing.limit()) {
        results.add(ResultDocument.readResult(stored.document(one.doc), build));
      }
    }
    return new ResultPage(
        results,
        found.scoreDocs.length > listing.limit()
            ? Optional.of(ListPosition.of(results.getLast()))
            : Optional.empty());
  }

  /// Behind every document of this place in the order.
  private static FieldDoc position(ListPosition after, IndexSearcher searcher) {
    return new FieldDoc(
        Math.max(0, searcher.getIndexReader().maxDoc() - 1),
        Float.NaN,
        new Object[] {after.startMicros(), ResultDocument.sortKey(after)});
  }

  static Optional<IndexedResult> find(
      IndexSearcher searcher, ResultType type, String id, String build) throws IOException {
    TopDocs found = searcher.search(new TermQuery(ResultDocument.keyTerm(type, id)), 1);
    return found.scoreDocs.length == 0
        ? Optional.empty()
        : Optional.of(
            ResultDocument.readResult(
                searcher.storedFields().document(found.scoreDocs[0].doc), build));
  }

  /// Changes after a sequence, oldest first.
  static List<Change> changes(IndexSearcher searcher, long after, int limit, String build)
      throws IOException {
    if (after == Long.MAX_VALUE) {
      return List.of();
    }
    TopDocs found =
        searcher.search(
            LongField.newRangeQuery(ResultDocument.SEQUENCE, after + 1, Long.MAX_VALUE),
            limit,
            new Sort(
                LongField.newSortField(
                    ResultDocument.SEQUENCE, false, SortedNumericSelector.Type.MIN)));
    List<Change> changes = new ArrayList<>();
    StoredFields stored = searcher.storedFields();
    for (ScoreDoc one : found.scoreDocs) {
      changes.add(ResultDocument.read(stored.document(one.doc), build));
    }
    return changes;
  }

  /// The sequence of the latest removal before a time; 0 when there was none.
  static long lastRemoval(IndexSearcher searcher, Instant before) throws IOException {
    TopDocs found =
        searcher.search(
            LongField.newRangeQuery(
                ResultDocument.REMOVED_AT, Long.MIN_VALUE, StreamClock.epochMicros(before) - 1),
            1,
            new Sort(
                LongField.newSortField(
                    ResultDocument.SEQUENCE, true, SortedNumericSelector.Type.MAX)));
    return found.scoreDocs.length == 0
        ? 0
        : ResultDocument.read(searcher.storedFields().document(found.scoreDocs[0].doc), "")
            .position()
            .sequence();
  }

  /// Counts every stream anew.
  static Map<String, StreamTally> tallies(IndexSearcher searcher) throws IOException {
    Map<String, StreamTally> tallies = new TreeMap<>();
    for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
      BinaryDocValues entries = leaf.reader().getBinaryDocValues(ResultDocument.REVISION_AND_TALLY);
      SortedDocValues streams = leaf.reader().getSortedDocValues(ResultDocument.STREAM);
      Bits live = leaf.reader().getLiveDocs();
      if (entries == null || streams == null) {
        continue;
      }
      StreamTally[] bySegmentOrdinal = new StreamTally[streams.getValueCount()];
      for (int doc = entries.nextDoc();
          doc != BinaryDocValues.NO_MORE_DOCS;
          doc = entries.nextDoc()) {
        if ((live == null || live.get(doc)) && streams.advanceExact(doc)) {
          int ordinal = streams.ordValue();
          StreamTally tally = bySegmentOrdinal[ordinal];
          if (tally == null) {
            tally =
                tallies.computeIfAbsent(
                    streams.lookupOrd(ordinal).utf8ToString(), StreamTally::new);
            bySegmentOrdinal[ordinal] = tally;
          }
          add(tally, entries.binaryValue(), leaf.docBase + doc, searcher);
        }
      }
    }
    return tallies;
  }

  /// Counts one stream anew.
  static StreamTally tally(IndexSearcher searcher, String stream) throws IOException {
    StreamTally tally = new StreamTally(stream);
    Term term = new Term(ResultDocument.STREAM, stream);
    for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
      PostingsEnum found = leaf.reader().postings(term, PostingsEnum.NONE);
      BinaryDocValues entries = leaf.reader().getBinaryDocValues(ResultDocument.REVISION_AND_TALLY);
      Bits live = leaf.reader().getLiveDocs();
      if (found == null || entries == null) {
        continue;
      }
      for (int doc = found.nextDoc(); doc != PostingsEnum.NO_MORE_DOCS; doc = found.nextDoc()) {
        if ((live == null || live.get(doc)) && entries.advanceExact(doc)) {
          add(tally, entries.binaryValue(), leaf.docBase + doc, searcher);
        }
      }
    }
    return tally;
  }

  private static void add(StreamTally tally, BytesRef value, int doc, IndexSearcher searcher)
      throws IOException {
    StreamTally.Entry entry = RevisionAndTally.read(value).entry();
    tally.add(entry);
    if (entry.type() == ResultType.STREAM_END
        && ResultDocument.readResult(searcher.storedFields().document(doc), "").result()
            instanceof StreamEnd end) {
      tally.addEnd(end);
    }
  }

  static long count(IndexSearcher searcher) throws IOException {
    return searcher.count(new TermQuery(ResultDocument.LIVE));
  }
}
