package io.chronoscope.analysis.stream;

/// How a chunk that arrived relates to the stream so far.
sealed interface Arrival {

  /// It is buffered at its position; [ChunkOrder] returns it when its turn comes.
  record Buffered() implements Arrival {}

  /// It, or all of the time it covers, was processed before.
  record Duplicate() implements Arrival {}

  /// It is beyond the allowed lateness.
  record Late(String detail) implements Arrival {}

  /// It was redriven and fills a gap that was already published.
  record FillsGap() implements Arrival {}

  /// Its number continues the stream but its time lies before the watermark: the producer's clock
  /// was set back.
  record ClockSetBack() implements Arrival {}
}
