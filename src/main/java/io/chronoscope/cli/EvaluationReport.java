package io.chronoscope.cli;

import io.chronoscope.cli.console.Decimals;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Table;
import io.chronoscope.cli.run.StreamResults;
import io.chronoscope.evaluation.Comparison;
import io.chronoscope.evaluation.FrameCeiling;
import io.chronoscope.evaluation.GroundTruth;
import io.chronoscope.evaluation.Score;
import io.chronoscope.sampling.FixedRate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Prints the scores of an evaluation: one line for each video, each sampling rate and the total.
final class EvaluationReport {

  /// Stands for a sampling rate that the service chooses.
  private static final String AUTO = "auto";

  /// A video that was analyzed at one sampling rate.
  ///
  /// @param fixed empty when the service chooses the rate
  /// @param stream that the video was sent as
  record Evaluated(String video, Optional<FixedRate> fixed, String stream, GroundTruth truth) {

    String rate() {
      return fixed.map(FixedRate::toString).orElse(AUTO);
    }
  }

  /// What came of a video.
  private record Outcome(Comparison comparison, FrameCeiling ceiling) {

    static Score score(List<Outcome> outcomes) {
      return Score.of(comparisons(outcomes));
    }

    static List<Comparison> comparisons(List<Outcome> outcomes) {
      return outcomes.stream().map(Outcome::comparison).toList();
    }

    static double ceiling(List<Outcome> outcomes) {
      return FrameCeiling.ofAll(outcomes.stream().map(Outcome::ceiling).toList()).meanIou();
    }
  }

  private final Output output;
  private final boolean json;
  private Table scores = scores(List.of());

  EvaluationReport(Output output, boolean json) {
    this.output = output;
    this.json = json;
  }

  private static Table scores(List<Evaluated> evaluated) {
    int rateWidth = evaluated.stream().mapToInt(one -> one.rate().length()).max().orElse(0);
    return Table.empty()
        .text("", 20)
        .figure("fps", Math.max(4, rateWidth))
        .figure("events", 6)
        .figure("found", 5)
        .figure("mIoU", 5)
        .figure("R1@.3", 5)
        .figure("R1@.5", 5)
        .figure("R1@.7", 5)
        .text(" invented", 0);
  }

  /// @param results of each stream
  /// @param record of their analysis
  void print(List<Evaluated> evaluated, Map<String, StreamResults> results, AnalysisRecord record) {
    scores = scores(evaluated);
    if (!json) {
      output.print(scores.heading());
    }
    Map<String, List<Outcome>> byRate = new LinkedHashMap<>();
    List<Outcome> all = new ArrayList<>();
    for (Evaluated one : evaluated) {
      StreamResults found = results.get(one.stream());
      if (found == null) {
        throw new IllegalStateException("no results for stream " + one.stream());
      }
      Outcome outcome =
          new Outcome(found.compare(one.truth()), record.ceiling(one.stream(), one.truth()));
      all.add(outcome);
      byRate.computeIfAbsent(one.rate(), rate -> new ArrayList<>()).add(outcome);
      printVideo(one, outcome, found);
    }
    byRate.forEach(this::printRate);
    printTotal(all);
    if (!json) {
      output.print("");
      output.print("mean IoU beside the ceiling that the sampled frames set, and the share of it:");
      byRate.forEach((rate, outcomes) -> printCeiling(rate + " fps", outcomes));
      printCeiling("all", all);
    }
    Map<String, List<Comparison>> comparisons = new LinkedHashMap<>();
    byRate.forEach((rate, outcomes) -> comparisons.put(rate, Outcome.comparisons(outcomes)));
    new ReliabilityReport(output, json).print(Outcome.comparisons(all), comparisons);
  }

  private void printCeiling(String name, List<Outcome> outcomes) {
    double reached = Outcome.score(outcomes).meanIou();
    double ceiling = Outcome.ceiling(outcomes);
    output.print(
        "%-15s %s of %s (%s)"
            .formatted(
                name,
                Decimals.of(reached, 3),
                Decimals.of(ceiling, 3),
                ceiling == 0 ? "-" : Decimals.of(reached / ceiling, 3)));
  }

  private void printVideo(Evaluated one, Outcome outcome, StreamResults found) {
    Comparison comparison = outcome.comparison();
    if (!json) {
      printRow(one.video(), one.rate(), comparison.score());
      return;
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("level", "video");
    line.put("video", one.video());
    putRate(line, one.rate());
    putScore(line, comparison.score(), outcome.ceiling().meanIou());
    line.put("pairings", comparison.pairings());
    line.put("inventions", comparison.invented());
    line.put("unanswered", found.unanswered().size());
    line.put("deadLetters", found.deadLetters().size());
    output.printJson(line);
  }

  private void printRate(String rate, List<Outcome> outcomes) {
    Score score = Outcome.score(outcomes);
    if (!json) {
      printRow("all", rate, score);
      return;
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("level", "rate");
    putRate(line, rate);
    putScore(line, score, Outcome.ceiling(outcomes));
    output.printJson(line);
  }

  private void printTotal(List<Outcome> outcomes) {
    Score score = Outcome.score(outcomes);
    if (!json) {
      printRow("total", "", score);
      return;
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("level", "total");
    putScore(line, score, Outcome.ceiling(outcomes));
    output.printJson(line);
  }

  private void printRow(String name, String rate, Score score) {
    output.print(
        scores.row(
            name,
            rate,
            score.events(),
            score.found(),
            Decimals.of(score.meanIou(), 3),
            Decimals.of(score.recallAt30(), 3),
            Decimals.of(score.recallAt50(), 3),
            Decimals.of(score.recallAt70(), 3),
            " %d of %d".formatted(score.invented(), score.answers())));
  }

  /// A number for an even rate; the text of any other.
  static void putRate(Map<String, Object> line, String rate) {
    line.put("fps", rate.matches("[0-9.]+") ? Double.valueOf(rate) : rate);
  }

  private static void putScore(Map<String, Object> line, Score score, double ceiling) {
    line.put("events", score.events());
    line.put("found", score.found());
    line.put("mIoU", score.meanIou());
    line.put("frameCeiling", ceiling);
    line.put("R1@0.3", score.recallAt30());
    line.put("R1@0.5", score.recallAt50());
    line.put("R1@0.7", score.recallAt70());
    line.put("answers", score.answers());
    line.put("invented", score.invented());
    line.put("inventedPerAnswer", score.inventedPerAnswer());
  }
}
