package io.chronoscope.domain;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A finding about a stream; each becomes one record on a topic. The components carry the names of
/// the JSON fields, [TimeSpan] and [Provenance] without a level of their own.
///
/// Long because the whole sealed hierarchy stands in one place.
public sealed interface Result {

  /// Identifies a result among those of its type. An event, a summary, a gap or an alert may have
  /// several revisions under one id.
  String id();

  String stream();

  /// A result that is published again under the same id when more is known; the highest revision
  /// counts.
  sealed interface Revised extends Result {

    /// Increases by one, from 1.
    int revision();
  }

  /// A result about a time range of its stream.
  sealed interface Timed extends Result {

    TimeSpan span();

    default Instant start() {
      return span().start();
    }

    default Instant end() {
      return span().end();
    }

    default long startOffsetMs() {
      return span().startOffsetMs();
    }

    default long endOffsetMs() {
      return span().endOffsetMs();
    }
  }

  /// A result that the model produced.
  sealed interface Inferred extends Result {

    Provenance provenance();

    default ModelRef model() {
      return provenance().model();
    }

    default Sampling sampling() {
      return provenance().sampling();
    }
  }

  /// Something that happens in a stream.
  ///
  /// @param toleranceMs how far the bounds may be off: what the sampling leaves open, or the
  ///   model's own error where a calibration makes that larger; not negative
  /// @param chunks the chunks whose frames show it, in order; of very many the first and the last
  /// @param certainty how far the answer behind it can be relied on
  /// @param boxes where it is in the picture, by time; none if the model does not say. Of very many
  ///   the first and the last
  record VideoEvent(
      String id,
      int revision,
      Status status,
      String stream,
      TimeSpan span,
      long toleranceMs,
      String description,
      Provenance provenance,
      List<ChunkOrigin> chunks,
      Certainty certainty,
      List<Box> boxes)
      implements Revised, Timed, Inferred {

    public VideoEvent {
      if (toleranceMs < 0) {
        throw new IllegalArgumentException("event " + id + " has tolerance " + toleranceMs + " ms");
      }
      chunks = List.copyOf(chunks);
      boxes = List.copyOf(boxes);
    }

    /// An event that the model does not place in the picture.
    public VideoEvent(
        String id,
        int revision,
        Status status,
        String stream,
        TimeSpan span,
        long toleranceMs,
        String description,
        Provenance provenance,
        List<ChunkOrigin> chunks,
        Certainty certainty) {
      this(
          id,
          revision,
          status,
          stream,
          span,
          toleranceMs,
          description,
          provenance,
          chunks,
          certainty,
          List.of());
    }

    /// An event from an answer in the expected form, without a confidence.
    public VideoEvent(
        String id,
        int revision,
        Status status,
        String stream,
        TimeSpan span,
        long toleranceMs,
        String description,
        Provenance provenance,
        List<ChunkOrigin> chunks) {
      this(
          id,
          revision,
          status,
          stream,
          span,
          toleranceMs,
          description,
          provenance,
          chunks,
          Certainty.UNSTATED);
    }

    /// Whether its bounds and its description are final.
    public boolean isFinal() {
      return status.isFinal();
    }

    /// The same event with another certainty.
    public VideoEvent withCertainty(Certainty other) {
      return with(revision, status, toleranceMs, other);
    }

    /// The same event with another tolerance.
    public VideoEvent withToleranceMs(long other) {
      return with(revision, status, other, certainty);
    }

    /// The same event in another revision and status.
    public VideoEvent revised(int nextRevision, Status nextStatus) {
      return with(nextRevision, nextStatus, toleranceMs, certainty);
    }

    private VideoEvent with(
        int newRevision, Status newStatus, long newToleranceMs, Certainty newCertainty) {
      return new VideoEvent(
          id,
          newRevision,
          newStatus,
          stream,
          span,
          newToleranceMs,
          description,
          provenance,
          chunks,
          newCertainty,
          boxes);
    }
  }

  /// Where an event, a gap or an alert is in its life cycle.
  enum Status {
    /// Published for the first time, while it is still in progress or a later window may still see
    /// it better; later revisions may change its bounds and its description.
    OPEN,
    /// A later revision with other bounds or another description.
    UPDATE,
    /// Final.
    CLOSED,
    /// Final: a later pass that saw more of that time does not confirm it. It did not happen, or
    /// another event covers it.
    WITHDRAWN;

    public boolean isFinal() {
      return switch (this) {
        case OPEN, UPDATE -> false;
        case CLOSED, WITHDRAWN -> true;
      };
    }
  }

  /// What a time range of a stream shows, in the model's words. The summaries of a stream form a
  /// tree: windows, minutes of windows, hours of minutes, and the whole stream.
  ///
  /// @param revision increases when the results below it changed and the text was written again
  /// @param restsOn ids of the events it summarizes (level WINDOW), otherwise of the summaries
  ///   below: one level down, or those of a repair
  record Summary(
      String id,
      int revision,
      Level level,
      String stream,
      TimeSpan span,
      String text,
      Provenance provenance,
      List<String> restsOn)
      implements Revised, Timed, Inferred {

    public Summary {
      restsOn = List.copyOf(restsOn);
    }
  }

  /// What a summary covers.
  enum Level {
    WINDOW,
    MINUTE,
    HOUR,
    STREAM
  }

  /// A time range of a stream that was not analyzed; no other result describes it.
  ///
  /// @param status CLOSED, or WITHDRAWN once the missing part was analyzed after all
  /// @param detail what is known about it, for people
  record Gap(
      String id,
      int revision,
      Status status,
      String stream,
      TimeSpan span,
      Cause cause,
      String detail)
      implements Revised, Timed {

    public enum Cause {
      /// No chunk arrived for it.
      MISSING,
      /// Its chunk arrived and could not be read.
      UNREADABLE,
      /// Its chunk arrived, but this part of it is damaged or missing.
      DAMAGED,
      /// The producer's clock jumped: by sequence number nothing is missing, by time there is.
      CLOCK,
      /// The chunks arrived, but load shedding skipped their windows.
      NOT_LOOKED
    }

    public Gap {
      if (!status.isFinal()) {
        throw new IllegalArgumentException("gap " + id + " is " + status + "; a gap is final");
      }
    }
  }

  /// A finite stream has ended: no further results follow. Streams that never announce their end
  /// have none.
  ///
  /// @param windows number of windows analyzed
  /// @param events number of events published and not withdrawn
  /// @param notSeenMs how much of the stream was not analyzed; see the gaps
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

  /// A rule matched. Has the life cycle of an event.
  ///
  /// @param rule id of the rule
  /// @param text the rule's text
  /// @param score the model's confidence, 0 to 1
  /// @param event id of the event that describes the same, if there is one
  /// @param certainty how far the answer about its bounds can be relied on
  record Alert(
      String id,
      int revision,
      Status status,
      String rule,
      String text,
      int priority,
      String stream,
      TimeSpan span,
      long toleranceMs,
      double score,
      Optional<String> event,
      Provenance provenance,
      List<ChunkOrigin> chunks,
      Certainty certainty)
      implements Revised, Timed, Inferred {

    public Alert {
      chunks = List.copyOf(chunks);
    }
  }

  /// The answer to a question about a time range of a stream.
  ///
  /// @param id the question's
  /// @param from start of the requested range, if it could be parsed
  /// @param to end of the requested range, if it could be parsed
  /// @param problem why there is no answer; empty when there is one
  /// @param spans when it happens; none when it does not
  /// @param notSeen parts of the range that could not be analyzed, and why
  /// @param sampling how closely the range was sampled; empty when nothing was analyzed
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

    /// @param score the model's confidence, 0 to 1, that it happens in the window and in the span:
    ///   the smaller of both
    /// @param chunks the chunks whose frames show it; of very many the first and the last
    public record Span(
        Instant start, Instant end, long toleranceMs, double score, List<ChunkOrigin> chunks) {

      public Span {
        if (end.isBefore(start)) {
          throw new IllegalArgumentException("end (" + end + ") is before start (" + start + ")");
        }
        chunks = List.copyOf(chunks);
      }
    }

    public record NotSeen(Instant start, Instant end, String reason) {}
  }

  /// A window that was analyzed twice without a usable answer.
  ///
  /// @param answer the model's last output, verbatim
  record Unanswered(
      String id, String stream, TimeSpan span, String problem, String answer, Provenance provenance)
      implements Timed, Inferred {}

  /// A record that was rejected; goes to the dead-letter topic.
  record DeadLetter(String stream, ChunkOrigin origin, Rejection rejection) implements Result {

    /// The position of the rejected record: `topic/partition/offset`.
    @Override
    public String id() {
      return origin.topic() + "/" + origin.partition() + "/" + origin.offset();
    }
  }
}
