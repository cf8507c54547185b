package io.chronoscope.analysis.window;

import io.chronoscope.vlm.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How likely the model found what it wrote about an event, 0 to 1. The least likely token decides:
/// most tokens of an answer are its form, and certain.
///
/// @param words of the description
/// @param start of the start time
/// @param end of the end time
public record Likelihood(double words, double start, double end) {

  private static final Pattern TIME = Pattern.compile(AnswerTime.FORM);

  /// Of both times.
  public double times() {
    return Math.min(start, end);
  }

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
      List<Double> times = new ArrayList<>(times(opens, at));
      times.addAll(times(until, closes));
      return words.isEmpty() || times.size() < 2
          ? Optional.empty()
          : Optional.of(new Likelihood(words.getAsDouble(), times.get(0), times.get(1)));
    }

    /// Of the times in a part of the answer, in its order.
    private List<Double> times(int from, int until) {
      List<Double> times = new ArrayList<>();
      Matcher time = TIME.matcher(answer.text()).region(from, until);
      while (time.find()) {
        least(time.start(), time.end(), Reader::hasDigit).ifPresent(times::add);
      }
      return times;
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
