package io.chronoscope.cli.events;

import io.chronoscope.domain.PrintableText;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.render.ClockTime;
import java.util.Locale;

/// Formats results for people, each on one line.
public final class ResultLines {

  private ResultLines() {}

  /// Starts with the absolute time, where the result has one, and the stream.
  public static String of(Result result) {
    return PrintableText.of(line(result));
  }

  private static String line(Result result) {
    return switch (result) {
      case Result.VideoEvent event ->
          "%s  %s  %s – %s ±%.2f  %s%s"
              .formatted(
                  event.start(),
                  event.stream(),
                  ClockTime.precise(event.startOffsetMs()),
                  event.isFinal() ? ClockTime.precise(event.endOffsetMs()) : "…",
                  event.toleranceMs() / 1000.0,
                  withdrawn(event.status()),
                  event.description());
      case Result.Summary summary ->
          "%s  %s  %s – %s  │ %s"
              .formatted(
                  summary.start(),
                  summary.stream(),
                  ClockTime.precise(summary.startOffsetMs()),
                  ClockTime.precise(summary.endOffsetMs()),
                  summary.text());
      case Result.Unanswered window ->
          "%s  %s  %s – %s  ✗ no usable answer: %s"
              .formatted(
                  window.start(),
                  window.stream(),
                  ClockTime.precise(window.startOffsetMs()),
                  ClockTime.precise(window.endOffsetMs()),
                  window.problem());
      case Result.Gap gap ->
          "%s  %s  %s – %s  ░ %snot analyzed: %s"
              .formatted(
                  gap.start(),
                  gap.stream(),
                  ClockTime.precise(gap.startOffsetMs()),
                  ClockTime.precise(gap.endOffsetMs()),
                  withdrawn(gap.status()),
                  gap.detail());
      case Result.StreamEnd end ->
          "%s  %s  ■ ended after %s with %d events"
              .formatted(
                  end.end(), end.stream(), ClockTime.precise(end.durationMs()), end.events());
      case Result.Alert alert ->
          "%s  %s  %s".formatted(alert.start(), alert.stream(), withoutStream(alert));
      case Result.QuestionAnswer answer ->
          "%s  ? %s: %s"
              .formatted(
                  answer.stream(),
                  answer.question(),
                  answer.problem().orElseGet(() -> answer.spans().size() + " occurrences"));
      case Result.DeadLetter deadLetter ->
          "%s  %s".formatted(deadLetter.stream(), withoutStream(deadLetter));
    };
  }

  public static String withoutStream(Result.Alert alert) {
    return "%s – %s ±%.2f  ⚠ %s%s: %s (%.2f)"
        .formatted(
            ClockTime.precise(alert.startOffsetMs()),
            alert.status().isFinal() ? ClockTime.precise(alert.endOffsetMs()) : "…",
            alert.toleranceMs() / 1000.0,
            withdrawn(alert.status()),
            alert.rule(),
            alert.text(),
            alert.score());
  }

  public static String withoutStream(Result.DeadLetter deadLetter) {
    return "✗ %s rejected: %s (%s)"
        .formatted(
            deadLetter.origin(),
            deadLetter.rejection().detail(),
            deadLetter.rejection().reason().name().toLowerCase(Locale.ROOT));
  }

  private static String withdrawn(Status status) {
    return status == Status.WITHDRAWN ? "withdrawn: " : "";
  }
}
