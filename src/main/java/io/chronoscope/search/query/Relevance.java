package io.chronoscope.search.query;

import io.chronoscope.search.SearchRequest.Matching;
import io.chronoscope.search.query.Contrasts.Said;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Estimates how likely a result is what a search text means, and what is too unlikely to be shown.
///
/// Two things count: the share of the text's words that occur in one sentence of the result, and
/// the cosine between the embeddings of text and result. A sentence that contradicts the text does
/// not count. The weights come from a logistic regression over [CalibrationSet]'s pairs; see
/// `docs/design/0016-search.md`. They know nothing of the questions that `evaluate search` asks.
public final class Relevance {

  private final Matching matching;
  private final Set<String> terms;
  private final Said said;
  private final SearchText text;

  public Relevance(SearchText text, Matching matching) {
    this.text = text;
    this.matching = matching;
    this.terms = WordAnalysis.terms(text.plain());
    this.said = Contrasts.ENGLISH.said(text.plain());
  }

  /// What is known about a pair of search text and result.
  ///
  /// @param coverage share of the text's words in one sentence of the result, 0 to 1
  /// @param cosine between the embeddings, -1 to 1; 0 when the result has none
  public record Evidence(double coverage, double cosine) {}

  /// The evidence of the sentence that fits best; of a sentence that contradicts, none.
  public Evidence evidence(String result, double cosine) {
    double best = 0;
    boolean possible = false;
    for (String sentence : sentences(result)) {
      boolean contradicts =
          matching == Matching.HYBRID && said.isContradictedBy(Contrasts.ENGLISH.said(sentence));
      if (!contradicts) {
        possible = true;
        best = Math.max(best, coverage(sentence));
      }
    }
    return possible ? new Evidence(best, cosine) : new Evidence(0, -1);
  }

  /// The estimate, 0 to 1.
  public double estimate(Evidence evidence) {
    return Calibration.of(matching).estimate(evidence);
  }

  /// Whether an estimate is enough to be shown.
  public boolean isEnough(double estimate) {
    return estimate >= Calibration.of(matching).cut();
  }

  private double coverage(String sentence) {
    if (terms.isEmpty()) {
      return 0;
    }
    Set<String> there = WordAnalysis.terms(sentence);
    long found = terms.stream().filter(term -> occurs(term, there)).count();
    return (double) found / terms.size();
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
