package io.chronoscope.analysis.window;

import io.chronoscope.vlm.Answer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;

/// How likely the model found what it wrote about an event, 0 to 1. The least likely token decides:
/// most tokens of an answer are its form, and certain.
///
/// @param words of the description
/// @param times of the start and the end
public record Likelihood(double words, double times) {

  /// Finds the entries of an answer by their descriptions.
  static final class Reader {

    private final Answer answer;
    private int from;

    Reader(Answer answer) {
      this.answer = answer;
    }

    /// Of the next entry with this description; empty if the model reports no probabilities, or
    /// wrote the description with escapes.
    Optional<Likelihood> next(String description) {
      String text = answer.text();
      int at = text.indexOf(description, from);
      if (at < 0 || answer.pieces().isEmpty()) {
        return Optional.empty();
      }
      int until = at + description.length();
      int opens = Math.max(from, text.lastIndexOf('{', at));
      int closes = text.indexOf('}', until) < 0 ? text.length() : text.indexOf('}', until);
      from = until;
      OptionalDouble words = least(at, until, piece -> true);
      OptionalDouble before = least(opens, at, Reader::hasDigit);
      OptionalDouble after = least(until, closes, Reader::hasDigit);
      if (words.isEmpty() || (before.isEmpty() && after.isEmpty())) {
        return Optional.empty();
      }
      return Optional.of(
          new Likelihood(words.getAsDouble(), Math.min(before.orElse(1), after.orElse(1))));
    }

    private OptionalDouble least(int first, int end, Predicate<String> counts) {
      List<Answer.Piece> pieces = answer.pieces();
      double least = Double.POSITIVE_INFINITY;
      int start = 0;
      for (Answer.Piece piece : pieces) {
        int until = Math.min(piece.untilChar(), answer.text().length());
        if (until > first && start < end && counts.test(answer.text().substring(start, until))) {
          least = Math.min(least, piece.logProbability());
        }
        start = until;
      }
      return least > 0 ? OptionalDouble.empty() : OptionalDouble.of(Math.exp(least));
    }

    private static boolean hasDigit(String piece) {
      return piece.chars().anyMatch(Character::isDigit);
    }
  }
}
