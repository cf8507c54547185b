package io.chronoscope.search.lucene;

import io.chronoscope.domain.StreamClock;
import io.chronoscope.search.Changes.Change;
import io.chronoscope.search.IndexedResult;
import io.chronoscope.search.SourcePartition;
import io.chronoscope.search.TextEmbedder;
import io.chronoscope.search.indexing.BatchPlan;
import io.chronoscope.search.indexing.TextEmbeddings;
import io.chronoscope.search.lucene.EmbeddingDocument.TextEmbedding;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
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

/// Writes results, the marks of removed ones, and the embeddings of texts. Not thread-safe.
final class ResultWriter {

  /// Embeddings that no result uses any more are searched for when one result in so many was
  /// replaced or removed since: the search reads every text.
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
    Map<IndexedResult, String> texts = TextEmbeddings.texts(upserts);
    Map<String, TextEmbedding> embeddings = embeddings(Set.copyOf(texts.values()), before);
    for (IndexedResult one : upserts) {
      Document document =
          ResultDocument.of(one, Optional.ofNullable(texts.get(one)).map(embeddings::get));
      if (plan.replaces(one)) {
        outdated++;
        writer.updateDocument(ResultDocument.keyTerm(one.type(), one.id()), document);
      } else {
        writer.addDocument(document);
      }
    }
    for (Change.Removed one : plan.removals()) {
      outdated++;
      writer.deleteDocuments(ResultDocument.keyTerm(one.type(), one.id()));
      writer.addDocument(ResultDocument.ofRemoved(one, Instant.now()));
    }
  }

  /// Those that are indexed are read, which costs a hundredth of computing them; the others are
  /// computed and written.
  private Map<String, TextEmbedding> embeddings(Set<String> texts, IndexReader before)
      throws IOException {
    Map<String, TextEmbedding> embeddings = new HashMap<>();
    List<String> unknown = new ArrayList<>();
    for (String text : texts) {
      BytesRef key = EmbeddingDocument.key(text);
      Optional<float[]> vector = EmbeddingDocument.find(before, key);
      if (vector.isPresent()) {
        embeddings.put(text, new TextEmbedding(key, vector.get()));
      } else {
        unknown.add(text);
      }
    }
    if (!unknown.isEmpty()) {
      List<float[]> vectors = embedder.embed(unknown);
      for (int i = 0; i < unknown.size(); i++) {
        TextEmbedding embedding =
            new TextEmbedding(EmbeddingDocument.key(unknown.get(i)), vectors.get(i));
        embeddings.put(unknown.get(i), embedding);
        writer.addDocument(EmbeddingDocument.of(embedding));
      }
    }
    return embeddings;
  }

  /// Results that ended before a time.
  static Query endedBefore(Instant time) {
    return LongField.newRangeQuery(
        ResultDocument.END, Long.MIN_VALUE, StreamClock.epochMicros(time) - 1);
  }

  /// Results of records below an offset.
  static Query below(SourcePartition partition, long offset) {
    return new BooleanQuery.Builder()
        .add(new TermQuery(new Term(ResultDocument.PARTITION, partition.toString())), Occur.FILTER)
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

  /// Removes the embeddings of texts that no result has any more, when there may be many.
  ///
  /// @param searcher a view of everything that was written before
  /// @return whether it looked for them
  boolean removeUnusedEmbeddings(IndexSearcher searcher) throws IOException {
    if (outdated * RESULTS_FOR_ONE_REMOVED <= ResultQueries.count(searcher)) {
      return false;
    }
    writer.deleteDocuments(
        EmbeddingDocument.unused(searcher.getIndexReader()).toArray(Term[]::new));
    outdated = 0;
    return true;
  }

  /// Removes the marks of results that were removed before a time.
  void forgetRemovals(Instant before) throws IOException {
    writer.deleteDocuments(
        LongField.newRangeQuery(
            ResultDocument.REMOVED_AT, Long.MIN_VALUE, StreamClock.epochMicros(before) - 1));
  }
}
