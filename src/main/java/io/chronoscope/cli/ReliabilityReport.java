package io.chronoscope.cli;

import io.chronoscope.cli.console.Decimals;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Table;
import io.chronoscope.evaluation.Comparison;
import io.chronoscope.evaluation.Reliability;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Prints how well confidence and tolerance of the reported events hold.
final class ReliabilityReport {

  private static final Table RELIABILITY =
      Table.empty()
          .text("confidence", 12)
          .figure("events", 7)
          .figure("mean", 11)
          .figure("precision", 10);

  private final Output output;
  private final boolean json;

  ReliabilityReport(Output output, boolean json) {
    this.output = output;
    this.json = json;
  }

  /// @param byRate the same comparisons by sampling rate
  void print(List<Comparison> all, Map<String, List<Comparison>> byRate) {
    Reliability reliability = Reliability.of(all);
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
        "%-15s %d of %d matched events (%s), ± %s s"
            .formatted(
                name,
                reliability.withinTolerance(),
                reliability.matched(),
                Decimals.of(reliability.toleranceShare(), 3),
                Decimals.of(reliability.medianToleranceMs() / 1e3, 2)));
  }

  private static Map<String, Object> toleranceOf(String rate, Reliability reliability) {
    Map<String, Object> line = new LinkedHashMap<>();
    EvaluationReport.putRate(line, rate);
    line.put("matched", reliability.matched());
    line.put("withinTolerance", reliability.withinTolerance());
    line.put("medianToleranceMs", reliability.medianToleranceMs());
    return line;
  }
}
