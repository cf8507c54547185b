package io.chronoscope.analysis.window;

import io.chronoscope.analysis.AnalysisEvent.MalformedAnswer;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.Prompts;
import io.chronoscope.vlm.Answer;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;

/// Finds out whether something happens in a video that the model has before itself, and when: first
/// whether, which is one token with a probability, then when, only if it does. A model that is
/// asked when something happens names a time also when it does not.
public final class TemporalGrounder {

  private static final int PRESENCE_TOKENS = 1;

  private final String stream;
  private final AnalysisListener listener;

  /// @param stream whose video is judged; for the listener
  public TemporalGrounder(String stream, AnalysisListener listener) {
    this.stream = stream;
    this.listener = listener;
  }

  /// Returns at once, so that several queries share the model's batches; whoever has more than one
  /// asks all before waiting for the first.
  ///
  /// @param threshold the score from which on it is taken to happen
  /// @param shownMicros how much of the video the model was shown
  public CompletableFuture<GroundingResult> judge(
      ModelSession session, String query, double threshold, long shownMicros) {
    return session
        .ask(Prompts.presence(query), PRESENCE_TOKENS)
        .thenCompose(answer -> {
          OptionalDouble score = session.model().yesNoTokens().yesShare(answer);
          if (score.isEmpty()) {
            return CompletableFuture.completedFuture(unusable(query, answer));
          }
          return score.getAsDouble() >= threshold
              ? when(session, query, score.getAsDouble(), shownMicros)
              : CompletableFuture.completedFuture(
                  new GroundingResult(
                      score.getAsDouble(), false, Optional.empty(), Optional.empty()));
        });
  }

  private GroundingResult unusable(String query, Answer answer) {
    String problem = "'%s': neither yes nor no but '%s'".formatted(query, answer.text().strip());
    listener.on(new MalformedAnswer(stream, problem, MalformedAnswer.Outcome.REPORTED));
    return new GroundingResult(0, false, Optional.empty(), Optional.of(problem));
  }

  private CompletableFuture<GroundingResult> when(
      ModelSession session, String query, double score, long shownMicros) {
    String question = Prompts.grounding(query);
    return session
        .ask(question)
        .thenCompose(answer -> {
          EventAnswer told = read(answer, query, shownMicros);
          if (told.isClean()) {
            return CompletableFuture.completedFuture(told);
          }
          String problem = problem(query, told);
          listener.on(new MalformedAnswer(stream, problem, MalformedAnswer.Outcome.RETRIED));
          return session
              .ask(Prompts.again(question, String.join("; ", told.problems())))
              .thenApply(second -> read(second, query, shownMicros));
        })
        .thenApply(told -> {
          if (told.isClean()) {
            return new GroundingResult(
                score, true, told.events().stream().findFirst(), Optional.empty());
          }
          listener.on(
              new MalformedAnswer(stream, problem(query, told), MalformedAnswer.Outcome.REPORTED));
          return new GroundingResult(
              score, true, Optional.empty(), Optional.of(problem(query, told)));
        });
  }

  private static String problem(String query, EventAnswer told) {
    return "'%s': %s".formatted(query, String.join("; ", told.problems()));
  }

  private static EventAnswer read(Answer answer, String query, long shownMicros) {
    return answer.finished()
        ? EventAnswerParser.grounding(answer.text(), query, shownMicros)
        : EventAnswer.broken("cut off after " + answer.tokenIds().size() + " tokens");
  }
}
