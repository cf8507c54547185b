package io.chronoscope.search.opensearch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.search.query.Contrasts;
import io.chronoscope.search.query.SearchText;
import io.chronoscope.search.query.WordAnalysis;
import java.util.ArrayList;
import java.util.List;

/// A [SearchText] in OpenSearch's query language. The words are taken apart here, in the same way
/// as those of the documents, so that the cluster needs no analysis of its own.
final class WordClauses {

  /// A word as it was typed counts more than another form of it; the stream's name counts little.
  private static final double WORDS_BOOST = 1;

  private static final double AS_WRITTEN_BOOST = 0.3;
  private static final double STREAM_BOOST = 0.3;

  /// The most words that a beginning stands for are part of its name; the most frequent ones count.
  private static final String EXPANSION = "top_terms_blended_freqs_64";

  private WordClauses() {}

  /// Scores results by their words (BM25).
  static ObjectNode scoring(SearchText text) {
    List<ObjectNode> any = new ArrayList<>();
    String plainWords = Contrasts.ENGLISH.inPlainWords(text.plain());
    add(any, "words", WordAnalysis.stemmed(text.plain()), WORDS_BOOST);
    if (!plainWords.equals(text.plain())) {
      add(any, "words", WordAnalysis.stemmed(plainWords), WORDS_BOOST);
    }
    List<String> written = WordAnalysis.asWritten(text.plain());
    add(any, "asWritten", written, AS_WRITTEN_BOOST);
    add(any, "streamWords", written, STREAM_BOOST);
    for (String beginning : text.beginnings()) {
      any.add(
          Clauses.object(
              "prefix",
              Clauses.object(
                  "asWritten",
                  Clauses.object().put("value", beginning).put("rewrite", EXPANSION))));
    }
    return any.isEmpty() ? Clauses.object("match_none", Clauses.object()) : Clauses.anyOf(any);
  }

  private static void add(List<ObjectNode> any, String field, List<String> words, double boost) {
    if (!words.isEmpty()) {
      any.add(
          Clauses.object(
              "match",
              Clauses.object(
                  field,
                  Clauses.object().put("query", ResultDocument.line(words)).put("boost", boost))));
    }
  }

  /// The same filter with what must and must not occur, whatever finds the results.
  static FilterClauses require(SearchText text, FilterClauses filter) {
    List<ObjectNode> all = new ArrayList<>(filter.all());
    List<ObjectNode> none = new ArrayList<>(filter.none());
    text.phrases().forEach(phrase -> addPhrase(all, phrase));
    text.excluded().forEach(word -> addPhrase(none, word));
    return new FilterClauses(all, none);
  }

  private static void addPhrase(List<ObjectNode> clauses, String phrase) {
    List<String> words = WordAnalysis.stemmed(phrase);
    if (!words.isEmpty()) {
      clauses.add(
          Clauses.object(
              "match_phrase", Clauses.object().put("words", ResultDocument.line(words))));
    }
  }
}
