package io.chronoscope.search.query;

import io.chronoscope.search.SearchRequest.Matching;
import io.chronoscope.search.query.Contrasts.Said;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// Estimates how likely a result is what a search text means, and what is too unlikely to be shown.
///
/// Text and sentences are compared in plain words ([Contrasts]). What counts: the share of the
/// text's words that occur in one sentence of the result; the share that does not occur although
/// the index knows these words, so that they would stand there if they were true; and the cosine
/// between the embeddings of text and result. A sentence that contradicts the text does not count.
/// The weights come from a logistic regression on questions of their own, see [Calibration].
public final class Relevance {

  private final Matching matching;
  private final Set<String> terms;
  private final Predicate<String> known;
  private final Said said;
  private final SearchText text;

  /// @param known whether a word, without its ending, is common in the index
  public Relevance(SearchText text, Matching matching, Predicate<String> known) {
    this.text = text;
    this.matching = matching;
    this.known = known;
    this.terms = terms(text.plain());
    this.said = Contrasts.ENGLISH.said(text.plain());
  }

  /// The words that a text is judged by, without endings.
  public static Set<String> terms(String text) {
    String plain = Contrasts.ENGLISH.inSingleWords(text);
    Set<String> terms = WordAnalysis.terms(PhrasalVerbs.ENGLISH.without(plain));
    return terms.isEmpty() ? WordAnalysis.terms(plain) : terms;
  }

  /// What is known about a pair of search text and sentence.
  ///
  /// @param coverage share of the text's words in the sentence, 0 to 1
  /// @param missing share of the text's words that the index knows and the sentence lacks, 0 to 1
  /// @param cosine between the embeddings of text and result, -1 to 1; 0 when the result has none
  public record Evidence(double coverage, double missing, double cosine) {

    static final Evidence NONE = new Evidence(0, 1, -1);

    /// Nearly the same words, but not those: when all but one occur, that one says that something
    /// else is meant; when few do, it says little.
    public double lacking() {
      return missing > 0 ? coverage * coverage * coverage : 0;
    }
  }

  /// The evidence of the sentence that fits best; of sentences that all contradict, none.
  public Evidence evidence(String result, double cosine) {
    Evidence best = Evidence.NONE;
    for (String sentence : sentences(result)) {
      boolean contradicts =
          matching == Matching.HYBRID && said.isContradictedBy(Contrasts.ENGLISH.said(sentence));
      if (!contradicts) {
        Evidence one = ofSentence(sentence, cosine);
        if (estimate(one) > estimate(best)) {
          best = one;
        }
      }
    }
    return best;
  }

  /// The estimate as log odds, which tells apart what is close to 0 or 1.
  public double logOdds(Evidence evidence) {
    return Calibration.of(matching).logOdds(evidence);
  }

  /// The estimate, 0 to 1.
  public double estimate(Evidence evidence) {
    return Calibration.of(matching).estimate(evidence);
  }

  /// Whether an estimate is enough to be shown.
  public boolean isEnough(double estimate) {
    return estimate >= Calibration.of(matching).cut();
  }

  private Evidence ofSentence(String sentence, double cosine) {
    if (terms.isEmpty()) {
      return new Evidence(0, 0, cosine);
    }
    Set<String> there = terms(sentence);
    int found = 0;
    int missing = 0;
    for (String term : terms) {
      if (occurs(term, there)) {
        found++;
      } else if (known.test(term)) {
        missing++;
      }
    }
    return new Evidence((double) found / terms.size(), (double) missing / terms.size(), cosine);
  }

  private boolean occurs(String term, Set<String> there) {
    return there.contains(term)
        || (text.beginnings().contains(term)
            && there.stream().anyMatch(word -> word.startsWith(term)));
  }

  private static List<String> sentences(String text) {
    List<String> sentences = new ArrayList<>();
    for (String sentence : text.split("(?<=[.!?])\\s+")) {
      if (!sentence.isBlank()) {
        sentences.add(sentence);
      }
    }
    return sentences;
  }
}
