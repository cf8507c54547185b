package io.chronoscope.cli.run;

import io.chronoscope.domain.Result.Gap;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.Summary;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.evaluation.Comparison;
import io.chronoscope.evaluation.Comparison.Pairing;
import io.chronoscope.evaluation.ReportedEvent;
import io.chronoscope.render.StreamTimeline;
import io.chronoscope.render.StreamTimeline.Check;
import io.chronoscope.render.StreamTimeline.Invented;
import io.chronoscope.render.StreamTimeline.Missed;
import io.chronoscope.render.StreamTimeline.Reported;
import io.chronoscope.render.StreamTimeline.Row;
import io.chronoscope.render.StreamTimeline.TrueSpan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Prepares a stream's results for drawing.
final class ResultTimeline {

  private final StreamResults results;

  ResultTimeline(StreamResults results) {
    this.results = results;
  }

  /// @param comparison of the results with the ground truth
  StreamTimeline of(String name, Optional<Comparison> comparison) {
    List<Row> rows = new ArrayList<>();
    comparison.ifPresent(known -> rows.addAll(missedRows(known)));
    rows.addAll(eventRows(comparison));
    rows.addAll(GapRows.of(results.gaps()));
    long lastGapMs = results.gaps().stream().mapToLong(Gap::endOffsetMs).max().orElse(0);
    return new StreamTimeline(
        name,
        Math.max(results.analyzedMs(), lastGapMs),
        caption(),
        rows,
        results.summary().map(Summary::text).orElse(""));
  }

  private List<Row> eventRows(Optional<Comparison> comparison) {
    Map<ReportedEvent, List<Check>> checks =
        comparison.map(ResultTimeline::checks).orElseGet(Map::of);
    List<Row> rows = new ArrayList<>();
    for (VideoEvent event : results.events()) {
      if (event.status() == Status.WITHDRAWN) {
        continue;
      }
      // Equal reported events share an entry; each gets one of its checks.
      List<Check> left = checks.getOrDefault(StreamResults.reported(event), List.of());
      rows.add(
          new Reported(
              event.startOffsetMs(),
              event.endOffsetMs(),
              event.toleranceMs(),
              event.description(),
              !event.isFinal(),
              left.isEmpty() ? Optional.empty() : Optional.of(left.removeFirst())));
    }
    return rows;
  }

  private static Map<ReportedEvent, List<Check>> checks(Comparison comparison) {
    Map<ReportedEvent, List<Check>> checks = new LinkedHashMap<>();
    for (Pairing pairing : comparison.pairings()) {
      pairing
          .answer()
          .ifPresent(reported ->
              checks
                  .computeIfAbsent(reported, r -> new ArrayList<>())
                  .add(
                      new TrueSpan(
                          pairing.truth().startMs(), pairing.truth().endMs(), pairing.iou())));
    }
    for (ReportedEvent reported : comparison.invented()) {
      checks.computeIfAbsent(reported, r -> new ArrayList<>()).add(new Invented());
    }
    return checks;
  }

  private static List<Row> missedRows(Comparison comparison) {
    return comparison.pairings().stream()
        .filter(pairing -> pairing.answer().isEmpty())
        .map(Pairing::truth)
        .<Row>map(event -> new Missed(event.startMs(), event.endMs(), event.description()))
        .toList();
  }

  private String caption() {
    Set<Double> rates = new TreeSet<>();
    Set<String> sizes = new LinkedHashSet<>();
    for (Summary window : results.windows()) {
      rates.add(window.sampling().fps());
      sizes.add(window.sampling().frameWidthPx() + "×" + window.sampling().frameHeightPx());
    }
    List<String> parts = new ArrayList<>();
    int windows = results.windows().size();
    if (windows > 0) {
      parts.add(windows == 1 ? "one window" : windows + " windows");
      parts.add(String.join("/", rates.stream().map(ResultTimeline::shortest).toList()) + " fps");
      parts.add("at " + String.join("/", sizes));
    }
    int level = results.windows().stream().mapToInt(w -> w.sampling().loadLevel()).max().orElse(0);
    if (level > 0) {
      parts.add("load shedding up to level " + level);
    }
    if (!results.deadLetters().isEmpty()) {
      parts.add(results.deadLetters().size() + " rejected");
    }
    if (!results.unanswered().isEmpty()) {
      parts.add(results.unanswered().size() + " unanswered");
    }
    return String.join(", ", parts);
  }

  private static String shortest(double rate) {
    String number = String.format(Locale.ROOT, "%.3g", rate);
    return number.contains(".") ? number.replaceAll("\\.?0+$", "") : number;
  }
}
