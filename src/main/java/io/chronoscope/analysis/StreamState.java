package io.chronoscope.analysis;

import io.chronoscope.model.Result.VideoEvent;
import io.chronoscope.model.Sampling;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// All that a stream needs to go on, as one value that can be written down; together with the
/// chunks from [Step#resumeFrom()] on it determines everything that the stream will still publish.
///
/// @param version of this layout
/// @param start the stream's time zero: absolute time of its first chunk
/// @param nextWindow number of the next window to be analysed; windows are counted from the
///   stream's start
/// @param resumeSequence sequence number of the chunk at [Step#resumeFrom()], from which those of
///   bare records are counted on
/// @param resumeStart absolute start of that chunk, from which the times of bare records are
///   inferred
/// @param openEvents events that a later window may still move
/// @param windows digests of the windows analysed so far, for the summary of the whole
public record StreamState(
    int version,
    String stream,
    Instant start,
    long nextWindow,
    long resumeSequence,
    Optional<Instant> resumeStart,
    List<OpenEvent> openEvents,
    List<WindowDigest> windows) {

  public static final int VERSION = 1;

  public StreamState {
    openEvents = List.copyOf(openEvents);
    windows = List.copyOf(windows);
  }

  /// An event that a later window may still move.
  ///
  /// @param event its latest revision
  /// @param seenUntilMicros where the window that saw its end stopped looking, in microseconds from
  ///   the stream's start: the further its end lies before that, the better it was seen
  /// @param wordingMicros how much of the event was seen by the window that worded it
  public record OpenEvent(VideoEvent event, long seenUntilMicros, long wordingMicros) {}

  /// @param summaryId id of the window's summary
  public record WindowDigest(
      String summaryId, Instant start, Instant end, String text, Sampling sampling) {}
}
