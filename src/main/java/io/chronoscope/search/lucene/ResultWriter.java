package io.chronoscope.search.lucene;

import io.chronoscope.search.Changes.Change;
import io.chronoscope.search.IndexedResult;
import io.chronoscope.search.SourcePartition;
import io.chronoscope.search.TextEmbedder;
import io.chronoscope.search.indexing.BatchPlan;
import io.chronoscope.search.indexing.Meanings;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.LongField;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.BytesRef;

/// Writes results, the marks of removed ones, and the meanings of texts. Not thread-safe.
final class ResultWriter {

  /// Meanings that nothing has any more are looked for when one result in so many was replaced or
  /// removed since: it takes a look at every text.
  private static final int RESULTS_FOR_ONE_REMOVED = 20;

  private final IndexWriter writer;
  private final TextEmbedder embedder;
  private long outdated;

  ResultWriter(IndexWriter writer, TextEmbedder embedder) {
    this.writer = writer;
    this.embedder = embedder;
  }

  /// @param before a view of everything that was written before
  void write(BatchPlan plan, IndexReader before) throws IOException {
    List<IndexedResult> upserts = plan.upserts();
    Map<IndexedResult, float[]> vectors = Meanings.of(upserts, embedder);
    Set<BytesRef> texts = new HashSet<>();
    for (IndexedResult one : upserts) {
      Optional<float[]> vector = Optional.ofNullable(vectors.get(one));
      Document document = ResultDocument.of(one, vector);
      if (plan.replaces(one)) {
        outdated++;
        writer.updateDocument(ResultDocument.keyTerm(one.type(), one.id()), document);
      } else {
        writer.addDocument(document);
      }
      if (vector.isPresent()) {
        BytesRef text = MeaningDocument.key(one.text());
        if (texts.add(text) && !MeaningDocument.isIndexed(before, text)) {
          writer.addDocument(MeaningDocument.of(text, vector.get()));
        }
      }
    }
    for (Change.Removed one : plan.removals()) {
      outdated++;
      writer.deleteDocuments(ResultDocument.keyTerm(one.type(), one.id()));
      writer.addDocument(ResultDocument.ofRemoved(one, Instant.now()));
    }
  }

  /// Results that ended before a time.
  static Query endedBefore(Instant time) {
    return LongField.newRangeQuery(
        ResultDocument.END, Long.MIN_VALUE, ResultDocument.micros(time) - 1);
  }

  /// Results of records below an offset.
  static Query below(SourcePartition partition, long offset) {
    return new BooleanQuery.Builder()
        .add(
            new TermQuery(new Term(ResultDocument.PARTITION, partition.toString())), Occur.FILTER)
        .add(LongField.newRangeQuery(ResultDocument.OFFSET, 0, offset - 1), Occur.FILTER)
        .build();
  }

  /// @param searcher a view of everything that was written before
  /// @return whether there were such results
  boolean remove(Query results, IndexSearcher searcher) throws IOException {
    int found = searcher.count(results);
    outdated += found;
    if (found > 0) {
      writer.deleteDocuments(results);
    }
    return found > 0;
  }

  /// Removes the meanings of texts that no result has any more, when there may be many.
  ///
  /// @param searcher a view of everything that was written before
  void removeUnusedMeanings(IndexSearcher searcher) throws IOException {
    if (outdated * RESULTS_FOR_ONE_REMOVED > ResultQueries.count(searcher)) {
      writer.deleteDocuments(
          MeaningDocument.unused(searcher.getIndexReader()).toArray(Term[]::new));
      outdated = 0;
    }
  }

  /// Removes the marks of results that were removed before a time.
  void forgetRemovals(Instant before) throws IOException {
    writer.deleteDocuments(
        LongField.newRangeQuery(
            ResultDocument.REMOVED_AT, Long.MIN_VALUE, ResultDocument.micros(before) - 1));
  }
}
