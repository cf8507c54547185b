package io.chronoscope.cli.backtest;

import io.chronoscope.cli.console.Output;
import io.chronoscope.evaluation.Difference;
import io.chronoscope.evaluation.Difference.Kind;
import io.chronoscope.evaluation.Difference.Detection;
import io.chronoscope.evaluation.TemporalIou;
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
import java.util.Optional;

/// Shows what would have been told against what was.
final class BacktestReport {

  private final Output output;
  private final boolean json;

  BacktestReport(Output output, boolean json) {
    this.output = output;
    this.json = json;
  }

  /// @param chunks how many were looked at
  void show(List<Difference> differences, long chunks, List<String> shadowTopics) {
    Map<Kind, Integer> counts = new LinkedHashMap<>();
    for (Kind kind : Kind.values()) {
      counts.put(kind, (int) differences.stream().filter(one -> one.kind() == kind).count());
    }
    if (json) {
      differences.forEach(one -> output.printJson(line(one)));
      Map<String, Object> total = new LinkedHashMap<>();
      total.put("level", "total");
      total.put("chunks", chunks);
      counts.forEach((kind, count) -> total.put(word(kind), count));
      total.put("shadowTopics", shadowTopics);
      output.printJson(total);
      return;
    }
    Map<String, List<Difference>> byStream = new LinkedHashMap<>();
    differences.forEach(
        one -> byStream.computeIfAbsent(one.latest().stream(), stream -> new ArrayList<>()).add(one));
    byStream.forEach(this::draw);
    output.print(
        "%d chunks: %d same, %d moved, %d new, %d missing"
            .formatted(
                chunks,
                counts.get(Kind.SAME),
                counts.get(Kind.MOVED),
                counts.get(Kind.NEW),
                counts.get(Kind.MISSING)));
    output.report("what would have been published is on " + String.join(", ", shadowTopics));
  }

  private static Map<String, Object> line(Difference one) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("level", "difference");
    line.put("kind", word(one.kind()));
    line.put("stream", one.latest().stream());
    line.put("about", one.latest().about());
    one.before().ifPresent(was -> line.put("was", told(was)));
    one.after().ifPresent(is -> line.put("is", told(is)));
    if (one.before().isPresent() && one.after().isPresent()) {
      line.put("startByMs", one.startShiftMs());
      line.put("endByMs", one.endShiftMs());
    }
    return line;
  }

  private static Map<String, Object> told(Detection told) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("id", told.id());
    line.put("start", Instant.ofEpochMilli(told.startMs()).toString());
    line.put("end", Instant.ofEpochMilli(told.endMs()).toString());
    line.put("toleranceMs", told.toleranceMs());
    line.put("description", told.description());
    return line;
  }

  private static String word(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private void draw(String stream, List<Difference> differences) {
    long start = differences.stream().mapToLong(BacktestReport::firstMs).min().orElse(0);
    long end = differences.stream().mapToLong(BacktestReport::lastMs).max().orElse(0);
    List<Row> rows = differences.stream().map(one -> row(one, start)).toList();
    new TimelineText(output.outTerminal())
        .draw(
            new StreamTimeline(
                stream, end - start, "from " + Instant.ofEpochMilli(start), rows, ""))
        .forEach(output::print);
    for (Difference one : differences) {
      output.print("  " + words(one, start));
    }
    output.print("");
  }

  private static long firstMs(Difference one) {
    return Math.min(
        one.before().map(Detection::startMs).orElse(Long.MAX_VALUE),
        one.after().map(Detection::startMs).orElse(Long.MAX_VALUE));
  }

  private static long lastMs(Difference one) {
    return Math.max(one.before().map(Detection::endMs).orElse(0L), one.after().map(Detection::endMs).orElse(0L));
  }

  /// What is told now as a bar, what was told as the line under it.
  private static Row row(Difference one, long start) {
    if (one.after().isEmpty()) {
      Detection was = one.latest();
      return new Missed(was.startMs() - start, was.endMs() - start, was.description());
    }
    Detection is = one.after().get();
    return new Reported(
        is.startMs() - start,
        is.endMs() - start,
        is.toleranceMs(),
        is.description(),
        false,
        one.before()
            .map(was ->
                new TrueSpan(
                    was.startMs() - start,
                    was.endMs() - start,
                    TemporalIou.of(was.startMs(), was.endMs(), is.startMs(), is.endMs()))));
  }

  private static String words(Difference one, long start) {
    Detection told = one.latest();
    String span =
        "%s – %s  %s"
            .formatted(
                ClockTime.precise(told.startMs() - start),
                ClockTime.precise(told.endMs() - start),
                told.description());
    Optional<String> reworded =
        one.before()
            .map(Detection::description)
            .filter(was -> !was.equals(told.description()))
            .map(was -> " (was: " + was + ")");
    return switch (one.kind()) {
      case SAME -> "=  same     " + span + reworded.orElse("");
      case MOVED ->
          String.format(
              Locale.ROOT,
              "~  moved    %s  start %+.2f s, end %+.2f s%s",
              span,
              one.startShiftMs() / 1000.0,
              one.endShiftMs() / 1000.0,
              reworded.orElse(""));
      case NEW -> "+  new      " + span;
      case MISSING -> "-  missing  " + span;
    };
  }
}
