package io.chronoscope.cli.backtest;

import io.chronoscope.cli.console.Output;
import io.chronoscope.domain.TemporalIou;
import io.chronoscope.evaluation.Difference;
import io.chronoscope.evaluation.Difference.Detection;
import io.chronoscope.evaluation.Difference.Kind;
import io.chronoscope.render.ClockTime;
import io.chronoscope.render.StreamTimeline;
import io.chronoscope.render.StreamTimeline.Missed;
import io.chronoscope.render.StreamTimeline.Reported;
import io.chronoscope.render.StreamTimeline.Row;
import io.chronoscope.render.StreamTimeline.TrueSpan;
import io.chronoscope.render.TimelineText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Prints the differences between the live results and those of a backtest.
final class BacktestReport {

  private static final long MINUTE_MS = 60_000;

  private final Output output;
  private final boolean json;

  BacktestReport(Output output, boolean json) {
    this.output = output;
    this.json = json;
  }

  /// @param chunks number of chunks analyzed
  /// @param shadowTopics topics that hold the results of the backtest
  void print(List<Difference> differences, long chunks, List<String> shadowTopics) {
    Map<Kind, Integer> counts = new LinkedHashMap<>();
    for (Kind kind : Kind.values()) {
      counts.put(kind, (int) differences.stream().filter(one -> one.kind() == kind).count());
    }
    if (json) {
      differences.forEach(one -> output.printJson(json(one)));
      Map<String, Object> total = new LinkedHashMap<>();
      total.put("level", "total");
      total.put("chunks", chunks);
      counts.forEach((kind, count) -> total.put(name(kind), count));
      total.put("shadowTopics", shadowTopics);
      output.printJson(total);
      return;
    }
    Map<String, List<Difference>> byStream = new LinkedHashMap<>();
    differences.forEach(one ->
        byStream.computeIfAbsent(one.latest().stream(), stream -> new ArrayList<>()).add(one));
    byStream.forEach(this::draw);
    output.print(
        "%d chunks: %d same, %d moved, %d new, %d missing"
            .formatted(
                chunks,
                counts.get(Kind.SAME),
                counts.get(Kind.MOVED),
                counts.get(Kind.NEW),
                counts.get(Kind.MISSING)));
    output.report("the results of the backtest are on " + String.join(", ", shadowTopics));
  }

  private static Map<String, Object> json(Difference one) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("level", "difference");
    line.put("kind", name(one.kind()));
    line.put("stream", one.latest().stream());
    line.put("about", one.latest().about());
    one.before().ifPresent(before -> line.put("was", json(before)));
    one.after().ifPresent(after -> line.put("is", json(after)));
    if (one.before().isPresent() && one.after().isPresent()) {
      line.put("startByMs", one.startShiftMs());
      line.put("endByMs", one.endShiftMs());
    }
    return line;
  }

  private static Map<String, Object> json(Detection detection) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("id", detection.id());
    line.put("start", Instant.ofEpochMilli(detection.startMs()).toString());
    line.put("end", Instant.ofEpochMilli(detection.endMs()).toString());
    line.put("toleranceMs", detection.toleranceMs());
    line.put("description", detection.description());
    return line;
  }

  private static String name(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private void draw(String stream, List<Difference> differences) {
    long first = differences.stream().mapToLong(BacktestReport::firstMs).min().orElse(0);
    // Times count from a full minute, so that they show the seconds of the clock.
    long start = first - Math.floorMod(first, MINUTE_MS);
    long end = differences.stream().mapToLong(BacktestReport::lastMs).max().orElse(0);
    List<Row> rows = differences.stream().map(one -> row(one, start)).toList();
    new TimelineText(output.outTerminal())
        .draw(
            new StreamTimeline(
                stream, end - start, "from " + Instant.ofEpochMilli(start), rows, ""))
        .forEach(output::print);
    for (Difference one : differences) {
      output.print("  " + text(one, start));
    }
    output.print("");
  }

  private static long firstMs(Difference one) {
    return Math.min(
        one.before().map(Detection::startMs).orElse(Long.MAX_VALUE),
        one.after().map(Detection::startMs).orElse(Long.MAX_VALUE));
  }

  private static long lastMs(Difference one) {
    return Math.max(
        one.before().map(Detection::endMs).orElse(0L),
        one.after().map(Detection::endMs).orElse(0L));
  }

  /// The replayed detection as a bar, the live one as the line under it.
  private static Row row(Difference one, long start) {
    if (one.after().isEmpty()) {
      Detection before = one.latest();
      return new Missed(before.startMs() - start, before.endMs() - start, before.description());
    }
    Detection after = one.after().get();
    return Reported.closed(
        after.startMs() - start,
        after.endMs() - start,
        after.toleranceMs(),
        after.description(),
        one.before()
            .map(before ->
                new TrueSpan(
                    before.startMs() - start,
                    before.endMs() - start,
                    TemporalIou.of(
                        before.startMs(), before.endMs(), after.startMs(), after.endMs()))));
  }

  private static String text(Difference one, long start) {
    Detection latest = one.latest();
    String span =
        "%s – %s  %s"
            .formatted(
                ClockTime.precise(latest.startMs() - start),
                ClockTime.precise(latest.endMs() - start),
                latest.description());
    String reworded =
        one.before()
            .map(Detection::description)
            .filter(before -> !before.equals(latest.description()))
            .map(before -> " (was: " + before + ")")
            .orElse("");
    return switch (one.kind()) {
      case SAME -> "=  same     " + span + reworded;
      case MOVED ->
          String.format(
              Locale.ROOT,
              "~  moved    %s  start %+.2f s, end %+.2f s%s",
              span,
              one.startShiftMs() / 1000.0,
              one.endShiftMs() / 1000.0,
              reworded);
      case NEW -> "+  new      " + span;
      case MISSING -> "-  missing  " + span;
    };
  }
}
