package io.chronoscope.render;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What is to be shown of a stream. All times in milliseconds from the stream's start.
///
/// @param name the stream's
/// @param durationMs to where it is known, seen or not
/// @param caption a few words after the name, such as how closely it was looked at; may be empty
/// @param rows in order of their start
/// @param summary the stream's summary; empty when there is none
public record StreamTimeline(
    String name, long durationMs, String caption, List<Row> rows, String summary) {

  public StreamTimeline {
    rows =
        rows.stream()
            .sorted(Comparator.comparingLong(Row::startMs).thenComparingLong(Row::endMs))
            .toList();
  }

  public sealed interface Row {
    long startMs();

    long endMs();

    String description();
  }

  /// An event that was reported.
  ///
  /// @param open whether its end may still move
  /// @param check how it compares with the truth; empty when no truth is known
  public record Reported(
      long startMs,
      long endMs,
      long toleranceMs,
      String description,
      boolean open,
      Optional<Check> check)
      implements Row {}

  /// A true event that nothing reported.
  public record Missed(long startMs, long endMs, String description) implements Row {}

  /// A stretch in which nothing was seen, so that nothing is known of it.
  ///
  /// @param description why
  public record Unseen(long startMs, long endMs, String description) implements Row {}

  /// Whether events are among the rows, reported or true.
  public boolean hasEvents() {
    return rows.stream().anyMatch(row -> !(row instanceof Unseen));
  }

  public sealed interface Check {}

  /// The true span of the reported event and the temporal IoU of the two.
  public record True(long startMs, long endMs, double iou) implements Check {}

  /// No true event is like the reported one.
  public record Invented() implements Check {}
}
