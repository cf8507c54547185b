package io.chronoscope.analysis.window;

import io.chronoscope.analysis.AnalysisEvent.MalformedAnswer;
import io.chronoscope.analysis.AnalysisEvent.SpanRefused;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.Prompts;
import io.chronoscope.analysis.window.EventAnswer.ParsedEvent;
import io.chronoscope.vlm.Answer;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;

/// Finds out whether something happens in an encoded video, and when. Asks first whether, which
/// costs one token and yields a probability, and asks when only if it does: a model that is asked
/// when something happens names a time even if it never happens. Then asks whether again, about the
/// span found alone, and reports it only if that answer reaches the threshold, too. Thread-safe.
public final class TemporalGrounder {

  private static final int PRESENCE_TOKENS = 1;

  private final String stream;
  private final AnalysisListener listener;

  /// @param stream the stream that the video belongs to, for events to the listener
  public TemporalGrounder(String stream, AnalysisListener listener) {
    this.stream = stream;
    this.listener = listener;
  }

  /// Returns without waiting, so that several queries can share the model's batches: start all of
  /// them before waiting for the first.
  ///
  /// @param threshold the score from which on it counts as happening, in the video and in the span
  /// @param shownMicros length of the video
  public CompletableFuture<GroundingResult> ground(
      VideoSession session, String query, double threshold, long shownMicros) {
    return session
        .ask(Prompts.presence(query), PRESENCE_TOKENS)
        .thenCompose(answer -> {
          OptionalDouble score = session.model().yesNoTokens().yesShare(answer);
          if (score.isEmpty()) {
            return CompletableFuture.completedFuture(
                new GroundingResult.Unusable(neitherYesNorNo(query, answer)));
          }
          return score.getAsDouble() >= threshold
              ? locate(session, query, shownMicros)
                  .thenCompose(
                      located -> check(session, query, threshold, score.getAsDouble(), located))
              : CompletableFuture.completedFuture(new GroundingResult.Absent(score.getAsDouble()));
        });
  }

  private String neitherYesNorNo(String query, Answer answer) {
    String problem = "'%s': neither yes nor no but '%s'".formatted(query, answer.text().strip());
    report(problem, MalformedAnswer.Outcome.REPORTED);
    return problem;
  }

  private CompletableFuture<EventAnswer> locate(
      VideoSession session, String query, long shownMicros) {
    String question = Prompts.grounding(query);
    return session
        .ask(question)
        .thenCompose(answer -> {
          EventAnswer first = parse(answer, query, shownMicros);
          if (first.isClean()) {
            return CompletableFuture.completedFuture(first);
          }
          report(problem(query, first), MalformedAnswer.Outcome.RETRIED);
          return session
              .ask(Prompts.retry(question, String.join("; ", first.problems())))
              .thenApply(second -> parse(second, query, shownMicros));
        });
  }

  private CompletableFuture<GroundingResult> check(
      VideoSession session, String query, double threshold, double score, EventAnswer answer) {
    List<ParsedEvent> events = answer.events();
    if (!answer.repairs().isEmpty()) {
      report(
          "'%s': %s".formatted(query, String.join("; ", answer.repairs())),
          MalformedAnswer.Outcome.REPAIRED);
    }
    if (answer.isClean() && !events.isEmpty()) {
      ParsedEvent event = events.getFirst();
      return session
          .around(event.startMicros(), event.endMicros())
          .ask(Prompts.presence(query), PRESENCE_TOKENS)
          .thenApply(again -> checked(session, query, threshold, score, event, again));
    }
    String problem = problem(query, answer);
    report(problem, MalformedAnswer.Outcome.REPORTED);
    return CompletableFuture.completedFuture(new GroundingResult.Unlocated(score, problem));
  }

  private GroundingResult checked(
      VideoSession session,
      String query,
      double threshold,
      double score,
      ParsedEvent event,
      Answer again) {
    OptionalDouble spanScore = session.model().yesNoTokens().yesShare(again);
    if (spanScore.isEmpty()) {
      return new GroundingResult.Unlocated(score, neitherYesNorNo(query, again));
    }
    if (spanScore.getAsDouble() >= threshold) {
      return new GroundingResult.Located(score, spanScore.getAsDouble(), event);
    }
    listener.on(new SpanRefused(stream, query, score, spanScore.getAsDouble()));
    return new GroundingResult.Refused(score, spanScore.getAsDouble(), event);
  }

  private void report(String problem, MalformedAnswer.Outcome outcome) {
    listener.on(new MalformedAnswer(stream, problem, outcome));
  }

  private static String problem(String query, EventAnswer answer) {
    return "'%s': %s".formatted(query, String.join("; ", answer.problems()));
  }

  private static EventAnswer parse(Answer answer, String query, long shownMicros) {
    return answer.finished()
        ? EventAnswerParser.grounding(answer.text(), query, shownMicros)
        : EventAnswer.malformed(answer.cut());
  }
}
