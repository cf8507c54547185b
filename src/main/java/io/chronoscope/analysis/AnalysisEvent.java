package io.chronoscope.analysis;

import io.chronoscope.analysis.StreamState.OpenEvent;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Sampling;
import io.chronoscope.domain.StreamInput.Media;
import java.time.Duration;
import java.util.List;

/// Something that happened during analysis. [AnalysisListener] says in which order and on which
/// threads events arrive.
public sealed interface AnalysisEvent {

  /// Processing of an input starts. All events of the stream until [InputCompleted] belong to it.
  record InputStarted(String stream, ChunkOrigin origin) implements AnalysisEvent {}

  /// Processing of the input that [InputStarted] named is over. Also reported after a failure, and
  /// after [StreamEnded].
  record InputCompleted(String stream) implements AnalysisEvent {}

  /// Analysis of a window starts. All events of the stream until [WindowCompleted], and the commit
  /// made by then, belong to it.
  ///
  /// @param chunks the chunks whose frames are available to the window, in order
  record WindowStarted(String stream, long window, List<ChunkOrigin> chunks)
      implements AnalysisEvent {

    public WindowStarted {
      chunks = List.copyOf(chunks);
    }
  }

  /// The window was not analyzed, to shed load.
  ///
  /// @param level the stream's load-shedding level
  record WindowShed(String stream, long window, int level) implements AnalysisEvent {}

  /// Analysis of a window, whole or partial, is over and its results are committed. Not reported
  /// after a failure.
  record WindowCompleted(String stream, long window) implements AnalysisEvent {}

  /// The media behind a reference were fetched and verified.
  record MediaFetched(Media.Reference reference, Duration took) implements AnalysisEvent {}

  /// The source that a reference names could not be reached; the fetch is retried.
  record MediaUnavailable(Media.Reference reference, String problem) implements AnalysisEvent {}

  /// @param sampledFrames how many of the decoded frames were sampled
  record ChunkDecoded(String stream, MediaFacts facts, int sampledFrames, Duration took)
      implements AnalysisEvent {}

  record ChunkRejected(String stream, Rejection rejection) implements AnalysisEvent {}

  /// A chunk was not decoded, because every window that covers it is shed.
  record ChunkShed(String stream, long sequence) implements AnalysisEvent {}

  /// A chunk was skipped, because it, or the time it covers, was processed before.
  record DuplicateChunkSkipped(String stream, long sequence) implements AnalysisEvent {}

  /// @param pairs how many frame pairs the window has
  /// @param reused how many of them had cached embeddings
  /// @param unchanged how many of them have the pictures of the pair before, and its embeddings
  record WindowEncoded(String stream, int pairs, int reused, int unchanged, Duration took)
      implements AnalysisEvent {}

  /// The model answered for a whole window.
  ///
  /// @param events how many events it reported
  /// @param generatedTokens in the answers about all events and the summary; those about rules and
  ///   queries do not count
  record WindowAnalyzed(
      String stream, Sampling sampling, int events, int generatedTokens, Duration took)
      implements AnalysisEvent {}

  /// The model answered for a window that is not full yet.
  ///
  /// @param events how many events it reported
  /// @param generatedTokens as in [WindowAnalyzed]
  record PartialAnalysisCompleted(
      String stream, Sampling sampling, int events, int generatedTokens, Duration took)
      implements AnalysisEvent {}

  /// What the model reported about a window.
  ///
  /// @param frameMicros times of its frames, from the stream's start
  /// @param untilMicros end of what it covers, from the stream's start
  /// @param coverage the whole window, or what of it had arrived
  record WindowSightings(
      String stream,
      long window,
      List<Long> frameMicros,
      long untilMicros,
      Coverage coverage,
      List<Sighting> sightings)
      implements AnalysisEvent {

    public enum Coverage {
      WHOLE,
      PART
    }

    /// An event as the window saw it, in microseconds from the stream's start.
    public record Sighting(long startMicros, long endMicros, String description) {}

    public WindowSightings {
      frameMicros = List.copyOf(frameMicros);
      sightings = List.copyOf(sightings);
    }
  }

  /// A question was not asked, because the same question about the same input was answered before.
  record AnswerReused(String stream) implements AnalysisEvent {}

  /// The first revision of an event was published.
  ///
  /// @param latency since the arrival of the record with the last frame analyzed for it
  /// @param delay since the arrival of the record with the event's first frame
  record EventOpened(String stream, Duration latency, Duration delay) implements AnalysisEvent {}

  /// An event is final.
  ///
  /// @param outcome whether it was published, or held back because its confidence is too low
  record EventJudged(String stream, OpenEvent event, Outcome outcome) implements AnalysisEvent {

    public enum Outcome {
      PUBLISHED,
      HELD_BACK
    }
  }

  /// The model's answer could not be used.
  record MalformedAnswer(String stream, String problem, Outcome outcome) implements AnalysisEvent {

    public enum Outcome {
      /// The question is asked again.
      RETRIED,
      /// The question is not asked again; the problem becomes part of the result.
      REPORTED,
      /// Read nevertheless, because the meaning is certain; the event says `repaired`.
      REPAIRED
    }
  }

  /// The model was asked about a span that it had named for something that was looked for.
  ///
  /// @param query what was looked for
  /// @param score how sure the model is that it happens in the whole video, 0 to 1
  /// @param spanScore how sure the model is that it happens in the span, 0 to 1
  /// @param halfScore how sure it is of the half of the picture that the query names; 0.5 if none
  /// @param confidence of all that together
  record SpanChecked(
      String stream,
      String query,
      double score,
      double spanScore,
      double halfScore,
      double confidence)
      implements AnalysisEvent {}

  /// The model said that something happens, and when, but the check of that span left too little
  /// confidence; the span is not reported.
  ///
  /// @param query what was looked for
  /// @param score how sure the model is that it happens in the whole video, 0 to 1
  /// @param spanScore how sure the model is that it happens in the span, 0 to 1
  record SpanRefused(String stream, String query, double score, double spanScore)
      implements AnalysisEvent {}

  /// Something was looked for in words that the model's world does not have; it is not there.
  ///
  /// @param query what was looked for
  record UnknownWords(String stream, String query, List<String> words) implements AnalysisEvent {

    public UnknownWords {
      words = List.copyOf(words);
    }
  }

  /// @param score how sure the model is that the rule matches, 0 to 1
  /// @param matches whether the score reaches the rule's threshold, and the check of the span found
  ///   did not refuse it
  record RuleEvaluated(String stream, String rule, double score, boolean matches)
      implements AnalysisEvent {}

  /// These rules were not evaluated, because more rules apply to the window than it may evaluate.
  ///
  /// @param rules ids
  record RulesSkipped(String stream, List<String> rules) implements AnalysisEvent {

    public RulesSkipped {
      rules = List.copyOf(rules);
    }
  }

  /// A rule matched within the cool-down of its last alert, so that no new alert was raised.
  record AlertSuppressed(String stream, String rule) implements AnalysisEvent {}

  /// How far the stream has been analyzed and how far it has been received, in microseconds from
  /// its start.
  record Progress(String stream, long analyzedMicros, long receivedMicros)
      implements AnalysisEvent {}

  record StreamEnded(String stream) implements AnalysisEvent {}

  /// The stream received nothing for a while; it resumes with its next input.
  record StreamIdle(String stream) implements AnalysisEvent {}

  /// Another process takes over the stream; this one reports nothing more about it.
  record StreamRevoked(String stream) implements AnalysisEvent {}

  /// The stream cannot continue in this process.
  record StreamFailed(String stream, Throwable cause) implements AnalysisEvent {}
}
