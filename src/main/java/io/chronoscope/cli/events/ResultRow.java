package io.chronoscope.cli.events;

import io.chronoscope.cli.console.Decimals;
import io.chronoscope.cli.console.LocalTimes;
import io.chronoscope.domain.PrintableText;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.Level;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.render.TextWidth;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/// A result as a row of the table of `--follow`: aligned columns with its id, status, time and
/// confidence, and its text below, wrapped.
final class ResultRow {

  private static final int COLUMNS = 80;
  private static final String INDENT = "    ";
  private static final int ID_CHARACTERS = 12;

  /// `2026-05-04 12:00:00 – 2026-05-04 12:00:00` is rare; the common width is aligned.
  private static final int TIME_CHARACTERS = 30;

  private final LocalTimes times;

  ResultRow(LocalTimes times) {
    this.times = times;
  }

  static String heading() {
    return columns("id", "status", "time", "conf", "stream");
  }

  private static String columns(
      String id, String status, String time, String confidence, String stream) {
    return "%-12s  %-9s  %-30s  %4s  %s"
        .formatted(id, status, time, confidence, stream)
        .stripTrailing();
  }

  /// @return the row's lines; empty for results that are not shown here
  Optional<List<String>> of(Result result) {
    return switch (result) {
      case Result.VideoEvent event ->
          Optional.of(
              row(
                  event.id(),
                  event.status().name(),
                  span(event, event.status()),
                  event.certainty().confidence(),
                  event.stream(),
                  event.description()));
      case Result.Alert alert ->
          Optional.of(
              row(
                  alert.id(),
                  alert.status().name(),
                  span(alert, alert.status()),
                  OptionalDouble.of(alert.score()),
                  alert.stream(),
                  "⚠ " + alert.rule() + ": " + alert.text()));
      case Result.Gap gap ->
          Optional.of(
              row(
                  gap.id(),
                  gap.status() == Status.WITHDRAWN ? "WITHDRAWN" : "gap",
                  times.span(gap.start(), gap.end()),
                  OptionalDouble.empty(),
                  gap.stream(),
                  "░ not analyzed: " + gap.detail()));
      case Result.StreamEnd end ->
          Optional.of(
              row(
                  end.id(),
                  "ended",
                  times.of(end.end()),
                  OptionalDouble.empty(),
                  end.stream(),
                  "■ ended with %d events".formatted(end.events())));
      case Result.DeadLetter letter ->
          Optional.of(
              row(
                  letter.id(),
                  "rejected",
                  "",
                  OptionalDouble.empty(),
                  letter.stream(),
                  "✗ %s: %s"
                      .formatted(
                          letter.rejection().reason().name().toLowerCase(Locale.ROOT),
                          letter.rejection().detail())));
      case Result.Summary summary ->
          summary.level() == Level.WINDOW
              ? Optional.empty()
              : Optional.of(
                  row(
                      summary.id(),
                      summary.level().name(),
                      times.span(summary.start(), summary.end()),
                      OptionalDouble.empty(),
                      summary.stream(),
                      "│ " + summary.text()));
      case Result.Unanswered window ->
          Optional.of(
              row(
                  window.id(),
                  "no answer",
                  times.span(window.start(), window.end()),
                  OptionalDouble.empty(),
                  window.stream(),
                  "✗ " + window.problem()));
      case Result.QuestionAnswer answer -> Optional.empty();
    };
  }

  /// The end of what is not final is not known yet.
  private String span(Result.Timed timed, Status status) {
    Instant start = timed.start();
    return status.isFinal() ? times.span(start, timed.end()) : times.of(start) + " – …";
  }

  private static List<String> row(
      String id,
      String status,
      String time,
      OptionalDouble confidence,
      String stream,
      String text) {
    List<String> lines = new ArrayList<>();
    String printable = PrintableText.of(id);
    lines.add(
        cut(
            columns(
                printable.substring(0, Math.min(ID_CHARACTERS, printable.length())),
                status.toLowerCase(Locale.ROOT),
                time.length() > TIME_CHARACTERS ? time.substring(0, TIME_CHARACTERS) : time,
                confidence.isPresent() ? Decimals.of(confidence.getAsDouble(), 2) : "–",
                PrintableText.of(stream))));
    lines.addAll(wrapped(PrintableText.of(text)));
    return lines;
  }

  private static String cut(String line) {
    return TextWidth.of(line) <= COLUMNS ? line : TextWidth.cut(line, COLUMNS - 1) + "…";
  }

  private static List<String> wrapped(String text) {
    return TextWidth.wrap(text, COLUMNS - INDENT.length()).stream()
        .map(line -> INDENT + line)
        .toList();
  }
}
