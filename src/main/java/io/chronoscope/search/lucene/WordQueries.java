package io.chronoscope.search.lucene;

import io.chronoscope.search.query.Contrasts;
import io.chronoscope.search.query.SearchText;
import io.chronoscope.search.query.WordAnalysis;
import java.util.Map;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.miscellaneous.PerFieldAnalyzerWrapper;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.MultiTermQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.util.QueryBuilder;

/// A [SearchText] as Lucene queries over words.
final class WordQueries {

  static final Analyzer ANALYZER =
      new PerFieldAnalyzerWrapper(
          WordAnalysis.STEMMED,
          Map.of(
              ResultDocument.AS_WRITTEN,
              WordAnalysis.AS_WRITTEN,
              ResultDocument.STREAM_WORDS,
              WordAnalysis.AS_WRITTEN));

  /// A word as it was typed counts more than another form of it; the stream's name counts little.
  private static final float WORDS_BOOST = 1;

  private static final float AS_WRITTEN_BOOST = 0.3f;
  private static final float STREAM_BOOST = 0.3f;

  /// The most words that a beginning stands for; the most frequent ones count.
  private static final int MAX_EXPANSIONS = 64;

  private static final QueryBuilder BUILDER = new QueryBuilder(ANALYZER);

  private WordQueries() {}

  /// Scores results by their words (BM25).
  static Query scoring(SearchText text) {
    BooleanQuery.Builder any = new BooleanQuery.Builder();
    String plainWords = Contrasts.ENGLISH.inPlainWords(text.plain());
    add(any, text.plain(), ResultDocument.WORDS, WORDS_BOOST);
    if (!plainWords.equals(text.plain())) {
      add(any, plainWords, ResultDocument.WORDS, WORDS_BOOST);
    }
    add(any, text.plain(), ResultDocument.AS_WRITTEN, AS_WRITTEN_BOOST);
    add(any, text.plain(), ResultDocument.STREAM_WORDS, STREAM_BOOST);
    for (String beginning : text.beginnings()) {
      any.add(
          new PrefixQuery(
              new Term(ResultDocument.AS_WRITTEN, beginning),
              new MultiTermQuery.TopTermsBlendedFreqScoringRewrite(MAX_EXPANSIONS)),
          Occur.SHOULD);
    }
    BooleanQuery query = any.build();
    return query.clauses().isEmpty() ? new MatchNoDocsQuery("no word to search for") : query;
  }

  private static void add(BooleanQuery.Builder any, String text, String field, float boost) {
    Query words = BUILDER.createBooleanQuery(field, text);
    if (words != null) {
      any.add(new BoostQuery(words, boost), Occur.SHOULD);
    }
  }

  /// What must and must not occur, whatever finds the results.
  static void require(SearchText text, BooleanQuery.Builder filter) {
    for (String phrase : text.phrases()) {
      Query required = BUILDER.createPhraseQuery(ResultDocument.WORDS, phrase);
      if (required != null) {
        filter.add(required, Occur.FILTER);
      }
    }
    for (String word : text.excluded()) {
      Query excluded = BUILDER.createPhraseQuery(ResultDocument.WORDS, word);
      if (excluded != null) {
        filter.add(excluded, Occur.MUST_NOT);
      }
    }
  }
}
