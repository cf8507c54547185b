package io.chronoscope.evaluation.search;

import io.chronoscope.evaluation.LinearSystem;
import io.chronoscope.evaluation.search.GeneratedStreams.Truth;
import io.chronoscope.search.SearchHit;
import io.chronoscope.search.SearchRequest;
import io.chronoscope.search.SearchRequest.Matching;
import io.chronoscope.search.TextEmbedder;
import io.chronoscope.search.lucene.LuceneIndex;
import io.chronoscope.search.query.Calibration;
import io.chronoscope.search.query.Contrasts;
import io.chronoscope.search.query.Relevance;
import io.chronoscope.search.query.Relevance.Evidence;
import io.chronoscope.search.query.SearchText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Fits the estimate of relevance: a logistic regression over the pairs of question and result that
/// the rankings bring up, weighted so that what fits and what does not count the same. Then the
/// cut: the lowest estimate at which no more than 1.5 % of the negatives get an answer; never so
/// high that a perfect fit would not pass.
public final class CalibrationFit {

  private static final int CANDIDATES = 100;
  private static final int STEPS = 30;
  private static final double RIDGE = 1e-5;
  private static final double FALSE_ANSWERS = 0.015;

  private record Pair(Evidence evidence, boolean fits) {}

  private CalibrationFit() {}

  /// @param index holds the records about `truths`, and shows every candidate
  public static Calibration fit(
      LuceneIndex index,
      TextEmbedder embedder,
      List<SearchQuestion> questions,
      List<Truth> truths,
      Matching matching) {
    List<Pair> pairs = new ArrayList<>();
    List<List<Evidence>> ofNegatives = new ArrayList<>();
    for (SearchQuestion question : questions) {
      List<Truth> relevant = question.relevant(truths);
      Set<String> ids = new HashSet<>();
      relevant.forEach(one -> ids.add(one.id()));
      Relevance relevance =
          new Relevance(SearchText.parse(question.text()), matching, index::isKnownWord);
      List<SearchHit> hits =
          index
              .search(new SearchRequest(question.text(), question.filter(), matching, CANDIDATES))
              .hitList();
      Map<String, Double> cosines = cosines(question.text(), hits, embedder, matching);
      List<Evidence> evidence = new ArrayList<>();
      for (SearchHit hit : hits) {
        String text = hit.result().text();
        Evidence one = relevance.evidence(text, cosines.getOrDefault(text, 0.0));
        evidence.add(one);
        boolean overlapping =
            relevant.stream()
                .anyMatch(truth ->
                    truth.stream().equals(hit.result().stream())
                        && SearchEvaluation.iou(truth, hit) > 0);
        boolean fits = ids.contains(hit.result().id());
        // A summary of a time that has it neither fits nor is wrong.
        if (fits || !overlapping) {
          pairs.add(new Pair(one, fits));
        }
      }
      if (relevant.isEmpty()) {
        ofNegatives.add(evidence);
      }
    }
    return withCut(regression(pairs, matching), ofNegatives);
  }

  private static Map<String, Double> cosines(
      String question, List<SearchHit> hits, TextEmbedder embedder, Matching matching) {
    Map<String, Double> cosines = new HashMap<>();
    if (matching != Matching.WORDS && !hits.isEmpty()) {
      float[] asked =
          embedder.embed(Contrasts.ENGLISH.inPlainWords(SearchText.parse(question).plain()));
      List<String> texts = hits.stream().map(hit -> hit.result().text()).distinct().toList();
      List<float[]> vectors =
          embedder.embed(texts.stream().map(Contrasts.ENGLISH::inPlainWords).toList());
      for (int i = 0; i < texts.size(); i++) {
        double product = 0;
        for (int d = 0; d < asked.length; d++) {
          product += asked[d] * vectors.get(i)[d];
        }
        cosines.put(texts.get(i), product);
      }
    }
    return cosines;
  }

  /// Newton's method (iteratively reweighted least squares).
  private static Calibration regression(List<Pair> pairs, Matching matching) {
    long fitting = pairs.stream().filter(Pair::fits).count();
    double weightFits = 0.5 / Math.max(1, fitting);
    double weightNot = 0.5 / Math.max(1, pairs.size() - fitting);
    double[] weights = new double[5];
    for (int step = 0; step < STEPS; step++) {
      double[] gradient = new double[weights.length];
      double[][] curvature = new double[weights.length][weights.length];
      for (int i = 0; i < weights.length; i++) {
        gradient[i] = RIDGE * weights[i];
        curvature[i][i] = RIDGE;
      }
      Calibration now = calibration(weights);
      for (Pair pair : pairs) {
        double[] features = features(pair.evidence(), matching);
        double weight = pair.fits() ? weightFits : weightNot;
        double estimate = now.estimate(pair.evidence());
        for (int i = 0; i < weights.length; i++) {
          gradient[i] += weight * (estimate - (pair.fits() ? 1 : 0)) * features[i];
          for (int j = 0; j < weights.length; j++) {
            curvature[i][j] += weight * estimate * (1 - estimate) * features[i] * features[j];
          }
        }
      }
      double[] change = LinearSystem.solve(curvature, gradient);
      for (int i = 0; i < weights.length; i++) {
        weights[i] -= change[i];
      }
    }
    return calibration(weights);
  }

  private static double[] features(Evidence one, Matching matching) {
    boolean words = matching != Matching.MEANING;
    return new double[] {
      1,
      words ? one.coverage() : 0,
      matching == Matching.HYBRID ? one.missing() : 0,
      matching == Matching.HYBRID ? one.lacking() : 0,
      matching == Matching.WORDS ? 0 : Math.max(0, one.cosine())
    };
  }

  private static Calibration calibration(double[] weights) {
    return new Calibration(weights[0], weights[1], weights[2], weights[3], weights[4], 0);
  }

  private static Calibration withCut(Calibration fitted, List<List<Evidence>> ofNegatives) {
    List<Double> best =
        ofNegatives.stream()
            .map(some -> some.stream().mapToDouble(fitted::estimate).max().orElse(0))
            .sorted()
            .toList();
    int allowed = (int) Math.floor(best.size() * FALSE_ANSWERS);
    double highest = best.isEmpty() ? 0 : best.get(best.size() - 1 - allowed);
    return new Calibration(
        fitted.bias(),
        fitted.coverage(),
        fitted.missing(),
        fitted.lacking(),
        fitted.cosine(),
        Math.min(fitted.estimate(new Evidence(1, 0, 1)) - 1e-3, highest + 1e-3));
  }
}
