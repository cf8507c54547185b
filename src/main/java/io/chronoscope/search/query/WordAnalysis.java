package io.chronoscope.search.query;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.StopFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.en.EnglishPossessiveFilter;
import org.apache.lucene.analysis.en.KStemFilter;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.OffsetAttribute;

/// Turns text into words: lower case, without accents and English endings, without words that say
/// nothing about a moment. Descriptions and search texts pass through the same steps.
public final class WordAnalysis {

  /// Articles, pronouns, prepositions that direction words make redundant, and the words of a
  /// question itself. Words for directions, numbers and negation stay.
  private static final CharArraySet STOP_WORDS =
      new CharArraySet(
          List.of(
              "a",
              "an",
              "the",
              "and",
              "or",
              "but",
              "as",
              "at",
              "be",
              "been",
              "by",
              "for",
              "from",
              "if",
              "in",
              "into",
              "is",
              "it",
              "its",
              "of",
              "on",
              "onto",
              "such",
              "that",
              "their",
              "then",
              "there",
              "these",
              "they",
              "this",
              "those",
              "to",
              "was",
              "were",
              "are",
              "will",
              "with",
              "when",
              "where",
              "which",
              "who",
              "what",
              "how",
              "did",
              "does",
              "do",
              "done",
              "has",
              "have",
              "had",
              "happen",
              "happens",
              "happened",
              "show",
              "me",
              "find",
              "any",
              "can",
              "you",
              "i",
              "we",
              "s"),
          true);

  /// With endings removed.
  public static final Analyzer STEMMED = analyzer(true);

  /// As written, for boosts and beginnings of words.
  public static final Analyzer AS_WRITTEN = analyzer(false);

  private WordAnalysis() {}

  /// A word of a text.
  ///
  /// @param term without its ending
  /// @param start index of its first character
  /// @param end index behind its last character
  public record Word(String term, int start, int end) {}

  private static Analyzer analyzer(boolean stemmed) {
    return new Analyzer() {
      @Override
      protected TokenStreamComponents createComponents(String field) {
        Tokenizer source = new StandardTokenizer();
        TokenStream words = new ASCIIFoldingFilter(new LowerCaseFilter(source));
        words = new StopFilter(new EnglishPossessiveFilter(words), STOP_WORDS);
        return new TokenStreamComponents(source, stemmed ? new KStemFilter(words) : words);
      }

      @Override
      protected TokenStream normalize(String field, TokenStream in) {
        return new ASCIIFoldingFilter(new LowerCaseFilter(in));
      }
    };
  }

  /// The words of a text in order.
  public static List<Word> words(String text) {
    return words(STEMMED, text);
  }

  /// The words of a text in order, without their endings.
  public static List<String> stemmed(String text) {
    return words(STEMMED, text).stream().map(Word::term).toList();
  }

  /// The words of a text in order, with their endings.
  public static List<String> asWritten(String text) {
    return words(AS_WRITTEN, text).stream().map(Word::term).toList();
  }

  private static List<Word> words(Analyzer analyzer, String text) {
    List<Word> words = new ArrayList<>();
    try (TokenStream tokens = analyzer.tokenStream("text", text)) {
      CharTermAttribute term = tokens.addAttribute(CharTermAttribute.class);
      OffsetAttribute place = tokens.addAttribute(OffsetAttribute.class);
      tokens.reset();
      while (tokens.incrementToken()) {
        words.add(new Word(term.toString(), place.startOffset(), place.endOffset()));
      }
      tokens.end();
    } catch (IOException e) {
      throw new UncheckedIOException("a text in memory cannot fail to be read", e);
    }
    return words;
  }

  /// The different words of a text.
  public static Set<String> terms(String text) {
    Set<String> terms = new LinkedHashSet<>();
    words(text).forEach(word -> terms.add(word.term()));
    return terms;
  }
}
