package io.chronoscope.cli;

import io.chronoscope.cli.EvaluationReport.Evaluated;
import io.chronoscope.cli.console.Decimals;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Table;
import io.chronoscope.cli.run.SegmentStream;
import io.chronoscope.cli.run.StreamResults;
import io.chronoscope.evaluation.Loss;
import io.chronoscope.evaluation.ReportedEvent;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Prints what was lost on the way from the videos to their events, and the stage that lost it.
final class LossReport {

  private static final Table LOSSES =
      Table.empty().text("stage", 11).text("stream", 14).text("truth", 0).text("reported", 0);

  private final Output output;
  private final boolean json;

  LossReport(Output output, boolean json) {
    this.output = output;
    this.json = json;
  }

  /// @param streams by id
  void print(
      List<Evaluated> evaluated,
      Map<String, SegmentStream> streams,
      Map<String, StreamResults> results,
      AnalysisRecord record,
      ShownAlone alone) {
    Map<Loss.Stage, Integer> counts = new EnumMap<>(Loss.Stage.class);
    if (!json) {
      output.print("");
    }
    for (Evaluated one : evaluated) {
      StreamResults found = results.get(one.stream());
      SegmentStream sent = streams.get(one.stream());
      if (found != null && sent != null) {
        for (Loss loss :
            Loss.of(
                found.compare(one.truth()),
                record.windowsOf(one.stream()),
                event -> alone.describe(one, sent, event))) {
          counts.merge(loss.stage(), 1, Integer::sum);
          print(one, loss);
        }
      }
    }
    if (!json) {
      counts.forEach((stage, count) -> output.print("lost at %s: %d".formatted(stage, count)));
    }
  }

  private void print(Evaluated one, Loss loss) {
    if (json) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("level", "loss");
      line.put("stream", one.stream());
      line.put("stage", loss.stage());
      line.put("truth", loss.truth());
      line.put("reported", loss.reported());
      line.put("iou", loss.iou());
      output.printJson(line);
      return;
    }
    output.print(
        LOSSES.row(
            loss.stage(),
            one.stream(),
            loss.truth()
                .map(truth ->
                    "%s %s".formatted(span(truth.startMs(), truth.endMs()), truth.description()))
                .orElse("invented:"),
            loss.reported().map(reported -> told(reported, loss.iou())).orElse("(not found)")));
  }

  private static String told(ReportedEvent reported, double iou) {
    return "→ %s %s (IoU %s)"
        .formatted(
            span(reported.startMs(), reported.endMs()),
            reported.description(),
            Decimals.of(iou, 2));
  }

  private static String span(long startMs, long endMs) {
    return String.format(Locale.ROOT, "%.2f–%.2f s", startMs / 1e3, endMs / 1e3);
  }
}
