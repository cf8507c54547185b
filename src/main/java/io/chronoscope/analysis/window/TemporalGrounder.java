package io.chronoscope.analysis.window;

import io.chronoscope.analysis.AnalysisEvent.MalformedAnswer;
import io.chronoscope.analysis.AnalysisEvent.SpanChecked;
import io.chronoscope.analysis.AnalysisEvent.SpanRefused;
import io.chronoscope.analysis.AnalysisEvent.UnknownWords;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.Prompts;
import io.chronoscope.analysis.window.EventAnswer.ParsedEvent;
import io.chronoscope.vlm.Answer;
import io.chronoscope.vlm.Calibration;
import io.chronoscope.vlm.ClosedWorld;
import io.chronoscope.vlm.FrameHalf;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// Finds out whether something happens in an encoded video, and when. Asks first whether, which
/// costs one token and yields a probability, and asks when only if it does: a model that is asked
/// when something happens names a time even if it never happens. Then asks whether again, about the
/// span found alone, and reports it only if all answers together reach the threshold. Thread-safe.
///
/// A model of a [ClosedWorld] answers yes to much that it does not know. Of such a model a query is
/// true only if it has all the words of the query, and if an event that it describes by itself
/// shows what the query names; that event says when. What a query says about a half of the picture
/// is asked about the tokens of that half alone.
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
  /// @param threshold the confidence from which on it counts as happening
  /// @param shownMicros length of the video
  public CompletableFuture<GroundingResult> ground(
      VideoSession session, String query, double threshold, long shownMicros) {
    Search search = new Search(session, query, threshold, shownMicros);
    return search.known.map(search::inWorld).orElseGet(search::anywhere);
  }

  /// A model's world and what the query says in it.
  private record Known(ClosedWorld world, ClosedWorld.Reading reading) {}

  /// One query about one video.
  private final class Search {

    private final VideoSession session;
    private final String query;
    private final double threshold;
    private final long shownMicros;
    private final Calibration calibration;
    private final Optional<Known> known;

    /// What is asked about: the query, without the places that are asked about apart.
    private final String asked;

    Search(VideoSession session, String query, double threshold, long shownMicros) {
      this.session = session;
      this.query = query;
      this.known =
          session.model().profile().world().map(world -> new Known(world, world.read(query)));
      this.asked =
          known
              .map(Known::reading)
              .filter(reading -> !reading.places().isEmpty())
              .map(ClosedWorld.Reading::withoutPlaces)
              .orElse(query);
      this.threshold = threshold;
      this.shownMicros = shownMicros;
      this.calibration = session.model().profile().calibration();
    }

    CompletableFuture<GroundingResult> anywhere() {
      return whether(score -> when().thenCompose(answer -> check(score, answer)));
    }

    CompletableFuture<GroundingResult> inWorld(Known words) {
      ClosedWorld.Reading reading = words.reading();
      if (!reading.unknown().isEmpty()) {
        listener.on(new UnknownWords(stream, query, reading.unknown()));
        return CompletableFuture.completedFuture(new GroundingResult.Absent(0));
      }
      return whether(score ->
          session
              .ask(Prompts.EVENTS)
              .thenCompose(answer ->
                  shown(words, answer)
                      .map(event -> check(score, event, reading.places()))
                      .orElseGet(() ->
                          CompletableFuture.completedFuture(new GroundingResult.Absent(score)))));
    }

    /// Asks whether it happens, and continues only if the threshold is still within reach.
    private CompletableFuture<GroundingResult> whether(Next next) {
      return presence(session)
          .thenCompose(answer -> {
            OptionalDouble score = yes(answer);
            if (score.isEmpty()) {
              return CompletableFuture.completedFuture(
                  new GroundingResult.Unusable(neitherYesNorNo(answer)));
            }
            double whether = score.getAsDouble();
            return QueryScores.upTo(whether).confidence(calibration) >= threshold
                ? next.with(whether)
                : CompletableFuture.completedFuture(new GroundingResult.Absent(whether));
          });
    }

    private CompletableFuture<EventAnswer> when() {
      String question =
          session
              .model()
              .profile()
              .groundingPrompt()
              .map(wording -> Prompts.grounding(wording, query))
              .orElseGet(() -> Prompts.grounding(query));
      return session
          .ask(question)
          .thenCompose(answer -> {
            EventAnswer first = parse(answer);
            if (first.isClean()) {
              return CompletableFuture.completedFuture(first);
            }
            report(problem(first), MalformedAnswer.Outcome.RETRIED);
            return session
                .ask(Prompts.retry(question, String.join("; ", first.problems())))
                .thenApply(this::parse);
          });
    }

    private CompletableFuture<GroundingResult> check(double score, EventAnswer answer) {
      if (!answer.repairs().isEmpty()) {
        report(
            "'%s': %s".formatted(query, String.join("; ", answer.repairs())),
            MalformedAnswer.Outcome.REPAIRED);
      }
      if (answer.isClean() && !answer.events().isEmpty()) {
        return check(score, answer.events().getFirst(), Set.of());
      }
      String problem = problem(answer);
      report(problem, MalformedAnswer.Outcome.REPORTED);
      return CompletableFuture.completedFuture(new GroundingResult.Unlocated(score, problem));
    }

    /// The event in the model's own description that shows the query: of several the longest.
    private Optional<ParsedEvent> shown(Known words, Answer answer) {
      return EventAnswerParser.events(answer.text(), shownMicros).events().stream()
          .filter(event -> words.reading().isShownBy(words.world().read(event.description())))
          .max(Comparator.comparingLong(event -> event.endMicros() - event.startMicros()))
          .map(event ->
              new ParsedEvent(event.startMicros(), event.endMicros(), query, event.repaired()));
    }

    private CompletableFuture<GroundingResult> check(
        double score, ParsedEvent event, Set<FrameHalf> halves) {
      return presence(session.around(event.startMicros(), event.endMicros()))
          .thenCombine(half(halves), (again, share) -> checked(score, event, again, share));
    }

    /// How much rather it happens in that half of the picture than in the other one; 0.5 for a
    /// query that names none, or two.
    private CompletableFuture<Double> half(Set<FrameHalf> halves) {
      if (halves.size() != 1) {
        return CompletableFuture.completedFuture(0.5);
      }
      FrameHalf half = halves.iterator().next();
      return presence(session.half(half))
          .thenCombine(
              presence(session.half(half.opposite())),
              (here, there) ->
                  Calibration.sigmoid(
                      Calibration.logOdds(yes(here).orElse(0.5))
                          - Calibration.logOdds(yes(there).orElse(0.5))));
    }

    private GroundingResult checked(double score, ParsedEvent event, Answer again, double half) {
      OptionalDouble spanScore = yes(again);
      if (spanScore.isEmpty()) {
        return new GroundingResult.Unlocated(score, neitherYesNorNo(again));
      }
      double span = spanScore.getAsDouble();
      double confidence = new QueryScores(score, span, half).confidence(calibration);
      listener.on(new SpanChecked(stream, query, score, span, half, confidence));
      if (confidence >= threshold) {
        return new GroundingResult.Located(score, span, confidence, event);
      }
      listener.on(new SpanRefused(stream, query, score, span));
      return new GroundingResult.Refused(score, span, event);
    }

    private CompletableFuture<Answer> presence(VideoSession part) {
      return part.ask(Prompts.presence(asked), PRESENCE_TOKENS);
    }

    private OptionalDouble yes(Answer answer) {
      return session.model().yesNoTokens().yesShare(answer);
    }

    private EventAnswer parse(Answer answer) {
      return answer.finished()
          ? EventAnswerParser.grounding(answer.text(), query, shownMicros)
          : EventAnswer.malformed(answer.cut());
    }

    private String neitherYesNorNo(Answer answer) {
      String problem = "'%s': neither yes nor no but '%s'".formatted(query, answer.text().strip());
      report(problem, MalformedAnswer.Outcome.REPORTED);
      return problem;
    }

    private String problem(EventAnswer answer) {
      return "'%s': %s".formatted(query, String.join("; ", answer.problems()));
    }
  }

  /// What follows once it is known how sure the model is that it happens.
  @FunctionalInterface
  private interface Next {
    CompletableFuture<GroundingResult> with(double score);
  }

  private void report(String problem, MalformedAnswer.Outcome outcome) {
    listener.on(new MalformedAnswer(stream, problem, outcome));
  }
}
