package io.chronoscope.render;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What to draw of a stream. All times are in milliseconds from the stream's start.
///
/// @param name of the stream
/// @param durationMs end of the known part, whether it was analyzed or not
/// @param caption a short text after the name, such as the sampling rate; may be empty
/// @param rows in order of their start
/// @param summary of the stream; empty when there is none
public record StreamTimeline(
    String name, long durationMs, String caption, List<Row> rows, String summary) {

  public StreamTimeline {
    rows =
        rows.stream()
            .sorted(Comparator.comparingLong(Row::startMs).thenComparingLong(Row::endMs))
            .toList();
  }

  /// One line of the drawing.
  public sealed interface Row {
    long startMs();

    long endMs();

    String description();
  }

  /// A reported event.
  ///
  /// @param open whether its end may still change
  /// @param check how it compares to the ground truth; empty without ground truth
  public record Reported(
      long startMs,
      long endMs,
      long toleranceMs,
      String description,
      boolean open,
      Optional<Check> check)
      implements Row {

    /// An event whose end is final.
    public static Reported closed(
        long startMs, long endMs, long toleranceMs, String description, Optional<Check> check) {
      return new Reported(startMs, endMs, toleranceMs, description, false, check);
    }
  }

  /// A true event that was not reported.
  public record Missed(long startMs, long endMs, String description) implements Row {}

  /// A gap: a part of the stream that was not analyzed.
  ///
  /// @param description the cause
  public record Unseen(long startMs, long endMs, String description) implements Row {}

  /// Whether any row is an event, reported or true.
  public boolean hasEvents() {
    return rows.stream().anyMatch(row -> !(row instanceof Unseen));
  }

  /// How a reported event compares to the ground truth.
  public sealed interface Check {}

  /// The matching true event: its span and the temporal IoU of both.
  public record TrueSpan(long startMs, long endMs, double iou) implements Check {}

  /// No true event matches the reported one.
  public record Invented() implements Check {}
}
