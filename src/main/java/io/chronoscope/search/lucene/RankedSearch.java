package io.chronoscope.search.lucene;

import io.chronoscope.domain.StreamClock;
import io.chronoscope.search.ResultFilter;
import io.chronoscope.search.SearchOutcome;
import io.chronoscope.search.SearchRequest;
import io.chronoscope.search.SearchRequest.Matching;
import io.chronoscope.search.TextEmbedder;
import io.chronoscope.search.query.CandidateRanking;
import io.chronoscope.search.query.CandidateRanking.Candidate;
import io.chronoscope.search.query.Contrasts;
import io.chronoscope.search.query.Cut;
import io.chronoscope.search.query.RankFusion;
import io.chronoscope.search.query.RankFusion.Ranked;
import io.chronoscope.search.query.Relevance;
import io.chronoscope.search.query.SearchText;
import io.chronoscope.wire.ResultType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.document.LongField;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.ConstantScoreQuery;
import org.apache.lucene.search.DoubleValues;
import org.apache.lucene.search.FieldDoc;
import org.apache.lucene.search.FullPrecisionFloatVectorSimilarityValuesSource;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.ScorerSupplier;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.SortedNumericSelector;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.Weight;
import org.apache.lucene.util.BytesRef;

/// Search in words over a point-in-time view of the index: candidates by words and by meaning,
/// fused by rank; of these, what is likely enough to be meant.
final class RankedSearch {

  /// The graph is searched by quantized vectors; of what it brings, the exact ones decide.
  private static final int OVERSAMPLING = 2;

  /// As long as no more results pass the filter, their vectors are compared one by one.
  static final int MAX_COMPARED = 20_000;

  /// Among results of the same words the newest come first.
  private static final Sort BY_SCORE =
      new Sort(
          SortField.FIELD_SCORE,
          LongField.newSortField(ResultDocument.START, true, SortedNumericSelector.Type.MIN));

  private final TextEmbedder embedder;
  private final Cut cut;
  private final int maxCompared;

  RankedSearch(TextEmbedder embedder, Cut cut) {
    this(embedder, cut, MAX_COMPARED);
  }

  RankedSearch(TextEmbedder embedder, Cut cut, int maxCompared) {
    this.embedder = embedder;
    this.cut = cut;
    this.maxCompared = maxCompared;
  }

  /// @param build of the index
  SearchOutcome search(IndexSearcher searcher, SearchRequest request, String build)
      throws IOException {
    SearchText text = SearchText.parse(request.text());
    Query filter = filter(request.filter(), text);
    int candidates = CandidateRanking.candidatesFor(request);
    RankFusion<Integer> fusion = new RankFusion<>();
    if (request.matching() != Matching.MEANING) {
      fusion.add(byWords(searcher, text, filter, candidates));
    }
    Map<Integer, Double> cosines = new HashMap<>();
    if (request.matching() != Matching.WORDS) {
      float[] embedding = embedder.embed(Contrasts.ENGLISH.inPlainWords(text.plain()));
      Set<Integer> near = byMeaning(searcher, embedding, filter, candidates);
      Set<Integer> all = new HashSet<>(near);
      all.addAll(fusion.scores().keySet());
      cosines.putAll(cosines(searcher, embedding, all));
      fusion.add(CandidateRanking.nearest(near, cosines, candidates));
    }
    Map<Integer, Double> fused = fusion.scores();
    Map<String, Boolean> known = new HashMap<>();
    for (String term : Relevance.terms(text.plain())) {
      known.put(term, isKnown(searcher, term));
    }
    List<Candidate> found = new ArrayList<>();
    StoredFields stored = searcher.storedFields();
    for (int doc : new TreeSet<>(fused.keySet())) {
      found.add(
          new Candidate(
              ResultDocument.readResult(stored.document(doc), build),
              fused.getOrDefault(doc, 0.0),
              cosines.getOrDefault(doc, 0.0)));
    }
    return new CandidateRanking(text, request, cut, term -> known.getOrDefault(term, false))
        .outcome(found);
  }

  static boolean isKnown(IndexSearcher searcher, String term) throws IOException {
    return CandidateRanking.isKnown(
        searcher.getIndexReader().docFreq(new Term(ResultDocument.TERMS, term)),
        searcher.getIndexReader().docFreq(ResultDocument.LIVE));
  }

  private static Query filter(ResultFilter filter, SearchText text) {
    BooleanQuery.Builder all = new BooleanQuery.Builder();
    all.add(FilterQueries.of(CandidateRanking.searched(filter)), Occur.FILTER);
    all.add(reachingBeyond(filter), Occur.MUST_NOT);
    WordQueries.require(text, all);
    return all.build();
  }

  /// Summaries of more than the time asked for: what they tell of may have happened outside of it.
  private static Query reachingBeyond(ResultFilter filter) {
    BooleanQuery.Builder beyond = new BooleanQuery.Builder();
    filter
        .from()
        .ifPresent(from ->
            beyond.add(
                LongField.newRangeQuery(
                    ResultDocument.START, Long.MIN_VALUE, StreamClock.epochMicros(from) - 1),
                Occur.SHOULD));
    filter
        .to()
        .ifPresent(to ->
            beyond.add(
                LongField.newRangeQuery(
                    ResultDocument.END, StreamClock.epochMicros(to) + 1, Long.MAX_VALUE),
                Occur.SHOULD));
    BooleanQuery bounds = beyond.build();
    return bounds.clauses().isEmpty()
        ? new MatchNoDocsQuery("no bounds")
        : new BooleanQuery.Builder()
            .add(
                new TermQuery(new Term(ResultDocument.TYPE, ResultType.SUMMARY.name())), Occur.MUST)
            .add(bounds, Occur.MUST)
            .build();
  }

  private static List<Ranked<Integer>> byWords(
      IndexSearcher searcher, SearchText text, Query filter, int count) throws IOException {
    BooleanQuery query =
        new BooleanQuery.Builder()
            .add(WordQueries.scoring(text), Occur.MUST)
            .add(filter, Occur.FILTER)
            .build();
    List<Ranked<Integer>> ranked = new ArrayList<>();
    for (ScoreDoc one : searcher.search(query, count, BY_SCORE).scoreDocs) {
      ranked.add(new Ranked<>(one.doc, (Float) ((FieldDoc) one).fields[0]));
    }
    return ranked;
  }

  private Set<Integer> byMeaning(IndexSearcher searcher, float[] embedding, Query filter, int count)
      throws IOException {
    int some = OVERSAMPLING * count;
    if (cost(searcher, filter) > maxCompared) {
      Set<Integer> near =
          docs(searcher.search(ofNearestTexts(searcher, embedding, filter, some), some, BY_SCORE));
      if (near.size() >= count) {
        return near;
      }
    }
    // Compares with every result that passes.
    return docs(
        searcher.search(
            new KnnFloatVectorQuery(ResultDocument.VECTOR, embedding, some, filter), some));
  }

  private static Set<Integer> docs(TopDocs found) {
    Set<Integer> docs = new HashSet<>();
    for (ScoreDoc one : found.scoreDocs) {
      docs.add(one.doc);
    }
    return docs;
  }

  /// The most results that may pass a filter; only an estimate, but a cheap one.
  private static long cost(IndexSearcher searcher, Query filter) throws IOException {
    Weight weight =
        searcher.createWeight(searcher.rewrite(filter), ScoreMode.COMPLETE_NO_SCORES, 1);
    long cost = 0;
    for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
      ScorerSupplier scorer = weight.scorerSupplier(leaf);
      cost += scorer == null ? 0 : scorer.cost();
    }
    return cost;
  }

  /// The results of the texts that are nearest in meaning, the nearest first.
  private static Query ofNearestTexts(
      IndexSearcher searcher, float[] embedding, Query filter, int count) throws IOException {
    TopDocs texts =
        searcher.search(new KnnFloatVectorQuery(EmbeddingDocument.VECTOR, embedding, count), count);
    BooleanQuery.Builder any = new BooleanQuery.Builder();
    List<LeafReaderContext> leaves = searcher.getIndexReader().leaves();
    for (ScoreDoc one : texts.scoreDocs) {
      LeafReaderContext leaf = leaves.get(ReaderUtil.subIndex(one.doc, leaves));
      SortedDocValues keys = DocValues.getSorted(leaf.reader(), EmbeddingDocument.KEY);
      keys.advanceExact(one.doc - leaf.docBase);
      BytesRef key = BytesRef.deepCopyOf(keys.lookupOrd(keys.ordValue()));
      any.add(
          new BoostQuery(
              new ConstantScoreQuery(new TermQuery(new Term(EmbeddingDocument.TEXT, key))),
              one.score),
          Occur.SHOULD);
    }
    return new BooleanQuery.Builder()
        .add(any.build(), Occur.MUST)
        .add(filter, Occur.FILTER)
        .build();
  }

  /// From the vectors as they were indexed, not the quantized ones.
  private static Map<Integer, Double> cosines(
      IndexSearcher searcher, float[] embedding, Set<Integer> docs) throws IOException {
    var similarity =
        new FullPrecisionFloatVectorSimilarityValuesSource(
            embedding, ResultDocument.VECTOR, VectorSimilarityFunction.DOT_PRODUCT);
    Map<Integer, Double> cosines = new HashMap<>();
    List<LeafReaderContext> leaves = searcher.getIndexReader().leaves();
    int current = -1;
    DoubleValues values = DoubleValues.EMPTY;
    for (int doc : new TreeSet<>(docs)) {
      int leaf = ReaderUtil.subIndex(doc, leaves);
      if (leaf != current) {
        current = leaf;
        boolean has =
            leaves.get(leaf).reader().getFieldInfos().fieldInfo(ResultDocument.VECTOR) != null;
        values = has ? similarity.getSimilarityScores(leaves.get(leaf)) : DoubleValues.EMPTY;
      }
      if (values != null && values.advanceExact(doc - leaves.get(leaf).docBase)) {
        // Lucene maps a product of unit vectors to 0 … 1.
        cosines.put(doc, 2 * values.doubleValue() - 1);
      }
    }
    return cosines;
  }
}
