package io.chronoscope.cli;

import io.chronoscope.cli.console.Decimals;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Table;
import io.chronoscope.cli.run.StreamResults;
import io.chronoscope.evaluation.Comparison;
import io.chronoscope.evaluation.GroundTruth;
import io.chronoscope.evaluation.Reliability;
import io.chronoscope.evaluation.Score;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Prints the scores of an evaluation: one line for each video, each sampling rate and the total.
final class EvaluationReport {

  private static final Table SCORES =
      Table.empty()
          .text("", 20)
          .figure("fps", 4)
          .figure("events", 6)
          .figure("found", 5)
          .figure("mIoU", 5)
          .figure("R1@.3", 5)
          .figure("R1@.5", 5)
          .figure("R1@.7", 5)
          .text(" invented", 0);
  private static final Table RELIABILITY =
      Table.empty()
          .text("confidence", 12)
          .figure("events", 7)
          .figure("mean", 11)
          .figure("precision", 10);

  /// Stands for a sampling rate that the service chooses.
  private static final String AUTO = "auto";

  /// A video that was analyzed at one sampling rate.
  ///
  /// @param fps empty when the service chooses the rate
  /// @param stream that the video was sent as
  record Evaluated(String video, Optional<Double> fps, String stream, GroundTruth truth) {

    private String rate() {
      return fps.map(rate -> String.format(Locale.ROOT, "%.4f", rate).replaceAll("\\.?0+$", ""))
          .orElse(AUTO);
    }
  }

  private final Output output;
  private final boolean json;

  EvaluationReport(Output output, boolean json) {
    this.output = output;
    this.json = json;
  }

  /// @param results of each stream
  void print(List<Evaluated> evaluated, Map<String, StreamResults> results) {
    if (!json) {
      output.print(SCORES.heading());
    }
    Map<String, List<Comparison>> byRate = new LinkedHashMap<>();
    List<Comparison> all = new ArrayList<>();
    for (Evaluated one : evaluated) {
      StreamResults found = results.get(one.stream());
      if (found == null) {
        throw new IllegalStateException("no results for stream " + one.stream());
      }
      Comparison comparison = found.compare(one.truth());
      all.add(comparison);
      byRate.computeIfAbsent(one.rate(), rate -> new ArrayList<>()).add(comparison);
      printVideo(one, comparison, found);
    }
    byRate.forEach(this::printRate);
    printTotal(Score.of(all));
    printReliability(Reliability.of(all), byRate);
  }

  private void printReliability(Reliability reliability, Map<String, List<Comparison>> byRate) {
    if (json) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("level", "reliability");
      line.put("calibrationError", reliability.calibrationError());
      line.put("bins", reliability.bins());
      line.put("matched", reliability.matched());
      line.put("withinTolerance", reliability.withinTolerance());
      line.put("medianToleranceMs", reliability.medianToleranceMs());
      line.put(
          "byRate",
          byRate.entrySet().stream()
              .map(rate -> toleranceOf(rate.getKey(), Reliability.of(rate.getValue())))
              .toList());
      output.printJson(line);
      return;
    }
    output.print("");
    output.print("bounds within their tolerance, and its median:");
    byRate.forEach(
        (rate, comparisons) -> printTolerance(rate + " fps", Reliability.of(comparisons)));
    printTolerance("all", reliability);
    if (reliability.bins().isEmpty()) {
      output.print("no event has a confidence");
      return;
    }
    output.print("expected calibration error: " + Decimals.of(reliability.calibrationError(), 3));
    output.print(RELIABILITY.heading());
    for (Reliability.Bin bin : reliability.bins()) {
      output.print(
          RELIABILITY.row(
              "from " + Decimals.of(bin.from(), 1),
              bin.events(),
              Decimals.of(bin.confidence(), 3),
              Decimals.of(bin.precision(), 3)));
    }
  }

  private void printTolerance(String name, Reliability reliability) {
    output.print(
        "%-12s %d of %d matched events (%s), ± %s s"
            .formatted(
                name,
                reliability.withinTolerance(),
                reliability.matched(),
                Decimals.of(reliability.toleranceShare(), 3),
                Decimals.of(reliability.medianToleranceMs() / 1e3, 2)));
  }

  private static Map<String, Object> toleranceOf(String rate, Reliability reliability) {
    Map<String, Object> line = new LinkedHashMap<>();
    putRate(line, rate);
    line.put("matched", reliability.matched());
    line.put("withinTolerance", reliability.withinTolerance());
    line.put("medianToleranceMs", reliability.medianToleranceMs());
    return line;
  }

  private void printVideo(Evaluated one, Comparison comparison, StreamResults found) {
    if (!json) {
      printRow(one.video(), one.rate(), comparison.score());
      return;
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("level", "video");
    line.put("video", one.video());
    putRate(line, one.rate());
    putScore(line, comparison.score());
    line.put("pairings", comparison.pairings());
    line.put("inventions", comparison.invented());
    line.put("unanswered", found.unanswered().size());
    line.put("deadLetters", found.deadLetters().size());
    output.printJson(line);
  }

  private void printRate(String rate, List<Comparison> comparisons) {
    Score score = Score.of(comparisons);
    if (!json) {
      printRow("all", rate, score);
      return;
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("level", "rate");
    putRate(line, rate);
    putScore(line, score);
    output.printJson(line);
  }

  private void printTotal(Score score) {
    if (!json) {
      printRow("total", "", score);
      return;
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("level", "total");
    putScore(line, score);
    output.printJson(line);
  }

  private void printRow(String name, String rate, Score score) {
    output.print(
        SCORES.row(
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

  private static void putRate(Map<String, Object> line, String rate) {
    line.put("fps", rate.equals(AUTO) ? rate : Double.valueOf(rate));
  }

  private static void putScore(Map<String, Object> line, Score score) {
    line.put("events", score.events());
    line.put("found", score.found());
    line.put("mIoU", score.meanIou());
    line.put("R1@0.3", score.recallAt30());
    line.put("R1@0.5", score.recallAt50());
    line.put("R1@0.7", score.recallAt70());
    line.put("answers", score.answers());
    line.put("invented", score.invented());
    line.put("inventedPerAnswer", score.inventedPerAnswer());
  }
}
