package io.chronoscope.model;

import java.time.Instant;
import java.util.List;

/// What the analysis has to say about a stream; each becomes one record on a topic.
public sealed interface Result {

  String stream();

  /// Something that happened. The same id comes again with a higher revision when more is known.
  ///
  /// @param start absolute; `startOffsetMs` is the same, in milliseconds from the stream's start
  /// @param end absolute and not before `start`
  /// @param toleranceMs how far `start` and `end` may be off because nothing was sampled in between
  /// @param chunks the chunks whose frames showed it, in order
  record VideoEvent(
      String id,
      int revision,
      Status status,
      String stream,
      Instant start,
      Instant end,
      long startOffsetMs,
      long endOffsetMs,
      long toleranceMs,
      String description,
      ModelRef model,
      Sampling sampling,
      List<ChunkOrigin> chunks)
      implements Result {

    public VideoEvent {
      if (end.isBefore(start)) {
        throw new IllegalArgumentException("event " + id + " ends before it starts");
      }
      if (toleranceMs < 0) {
        throw new IllegalArgumentException("event " + id + " has tolerance " + toleranceMs + " ms");
      }
      chunks = List.copyOf(chunks);
    }

    /// The same bounds and words in another revision or state.
    public VideoEvent revised(int nextRevision, Status nextStatus) {
      return new VideoEvent(
          id,
          nextRevision,
          nextStatus,
          stream,
          start,
          end,
          startOffsetMs,
          endOffsetMs,
          toleranceMs,
          description,
          model,
          sampling,
          chunks);
    }
  }

  enum Status {
    /// It was still going on when last looked at; a later revision may move its end.
    OPEN,
    /// Its bounds are final.
    CLOSED,
    /// A later window, which saw more of that time, does not confirm it: it did not happen, or is
    /// told by another event. Final as well.
    WITHDRAWN
  }

  /// What a span of a stream shows, in the model's words.
  ///
  /// @param restsOn ids of the events (level WINDOW) or of the summaries (level STREAM) in that
  ///   span
  record Summary(
      String id,
      Level level,
      String stream,
      Instant start,
      Instant end,
      long startOffsetMs,
      long endOffsetMs,
      String text,
      ModelRef model,
      Sampling sampling,
      List<String> restsOn)
      implements Result {

    public Summary {
      restsOn = List.copyOf(restsOn);
    }
  }

  enum Level {
    WINDOW,
    STREAM
  }

  /// A window that was looked at but whose answer could not be used, twice.
  ///
  /// @param answer the model's last words, as they were
  record Unanswered(
      String id,
      String stream,
      Instant start,
      Instant end,
      long startOffsetMs,
      long endOffsetMs,
      String problem,
      String answer,
      ModelRef model,
      Sampling sampling)
      implements Result {}

  /// A record that could not be read; it goes to the dead-letter topic.
  record DeadLetter(String stream, ChunkOrigin origin, Rejection rejection) implements Result {}
}
