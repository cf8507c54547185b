package io.chronoscope.domain;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What the analysis has to say about a stream; each becomes one record on a topic.
public sealed interface Result {

  String stream();

  /// What is said again under the same id when more is known; the highest revision counts.
  sealed interface Revised extends Result {

    String id();

    /// Rises by one, from 1.
    int revision();
  }

  /// Something that happened. The same id comes again with a higher revision when more is known.
  ///
  /// @param start absolute; `startOffsetMs` is the same, in milliseconds from the stream's start
  /// @param end absolute and not before `start`
  /// @param toleranceMs how far `start` and `end` may be off because nothing was sampled in between
  /// @param chunks the chunks whose frames showed it, in order; of very many the first and the last
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
      implements Revised {

    public VideoEvent {
      if (end.isBefore(start)) {
        throw new IllegalArgumentException("event " + id + " ends before it starts");
      }
      if (toleranceMs < 0) {
        throw new IllegalArgumentException("event " + id + " has tolerance " + toleranceMs + " ms");
      }
      chunks = List.copyOf(chunks);
    }

    /// Whether it has its last bounds and words.
    public boolean isFinal() {
      return status.isFinal();
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
    /// Told for the first time, while it is still going on or may still be seen better; later
    /// revisions may change its bounds and words.
    OPEN,
    /// The same, after its bounds or its words have changed.
    UPDATE,
    /// Its bounds are final.
    CLOSED,
    /// A later look, which saw more of that time, does not confirm it: it did not happen, or is
    /// told by another event. Final as well.
    WITHDRAWN;

    public boolean isFinal() {
      return switch (this) {
        case OPEN, UPDATE -> false;
        case CLOSED, WITHDRAWN -> true;
      };
    }
  }

  /// What a span of a stream shows, in the model's words. The summaries of a stream are a tree:
  /// windows, minutes of them, hours of those, and the whole.
  ///
  /// @param revision rises when what it rests on has changed and it was written anew
  /// @param restsOn ids of the events (level WINDOW), else of the summaries below: one level, or
  ///   that of a look at what was missed
  record Summary(
      String id,
      int revision,
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
      implements Revised {

    public Summary {
      restsOn = List.copyOf(restsOn);
    }
  }

  enum Level {
    WINDOW,
    MINUTE,
    HOUR,
    STREAM
  }

  /// A stretch of a stream in which nothing was seen. Nothing is told of it.
  ///
  /// @param status CLOSED; WITHDRAWN when what was missing has been seen after all
  /// @param detail what is known of it, for people
  record Gap(
      String id,
      int revision,
      Status status,
      String stream,
      Instant start,
      Instant end,
      long startOffsetMs,
      long endOffsetMs,
      Cause cause,
      String detail)
      implements Revised {

    public enum Cause {
      /// No chunk came for it.
      MISSING,
      /// Its chunk came and could not be read.
      UNREADABLE,
      /// The producer's clock jumped: numbers say that nothing is missing, times say there is.
      CLOCK,
      /// It was there, but the service was too far behind to look.
      NOT_LOOKED
    }

    public Gap {
      if (end.isBefore(start)) {
        throw new IllegalArgumentException("gap " + id + " ends before it starts");
      }
      if (!status.isFinal()) {
        throw new IllegalArgumentException("gap " + id + " is " + status + "; a gap is final");
      }
    }
  }

  /// A finite stream is over: nothing more will be said about it. Streams that never say that they
  /// have ended never get one.
  ///
  /// @param windows how many windows were looked at
  /// @param events how many events were told and not withdrawn
  /// @param notSeenMs how much of it was not seen; see the gaps
  record StreamEnd(
      String id,
      String stream,
      Instant start,
      Instant end,
      long durationMs,
      long windows,
      long events,
      long notSeenMs)
      implements Result {}

  /// A rule found what it was looking for. Lives like an event.
  ///
  /// @param rule id of the rule
  /// @param text the rule's words
  /// @param score how sure the model was, 0 to 1
  /// @param event the event that tells the same, where one does
  record Alert(
      String id,
      int revision,
      Status status,
      String rule,
      String text,
      int priority,
      String stream,
      Instant start,
      Instant end,
      long startOffsetMs,
      long endOffsetMs,
      long toleranceMs,
      double score,
      Optional<String> event,
      ModelRef model,
      Sampling sampling,
      List<ChunkOrigin> chunks)
      implements Revised {

    public Alert {
      if (end.isBefore(start)) {
        throw new IllegalArgumentException("alert " + id + " ends before it starts");
      }
      chunks = List.copyOf(chunks);
    }
  }

  /// The answer to a question about a stretch of a stream.
  ///
  /// @param id the question's
  /// @param from asked for, as far as it could be understood
  /// @param problem why there is no answer; empty when there is one
  /// @param spans when it happens; none when it does not
  /// @param notSeen parts of the stretch that could not be looked at, and why
  /// @param sampling how closely it was looked at; empty when it was not
  record QuestionAnswer(
      String id,
      String stream,
      String question,
      Optional<Instant> from,
      Optional<Instant> to,
      Optional<String> problem,
      List<Span> spans,
      List<NotSeen> notSeen,
      ModelRef model,
      Optional<Sampling> sampling)
      implements Result {

    public QuestionAnswer {
      spans = List.copyOf(spans);
      notSeen = List.copyOf(notSeen);
    }

    /// @param score how sure the model was, 0 to 1
    /// @param chunks the chunks whose frames showed it; of very many the first and the last
    public record Span(
        Instant start, Instant end, long toleranceMs, double score, List<ChunkOrigin> chunks) {

      public Span {
        if (end.isBefore(start)) {
          throw new IllegalArgumentException("a span that ends before it starts");
        }
        chunks = List.copyOf(chunks);
      }
    }

    public record NotSeen(Instant start, Instant end, String reason) {}
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
