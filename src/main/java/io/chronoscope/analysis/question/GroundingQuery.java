package io.chronoscope.analysis.question;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Turns a question into the query that the model is asked to ground: the model was trained with "a
/// blue square appears" rather than "when does the blue square first appear?".
final class GroundingQuery {

  private static final Pattern WHEN =
      Pattern.compile(
          "\\A\\s*(?:when|at what time)\\s+(?:do|does|did|is|are|was|were)\\s+(.+?)\\s*\\z",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private GroundingQuery() {}

  static String of(String question) {
    String text = question.strip().replaceAll("[?\\s]+\\z", "");
    Matcher when = WHEN.matcher(text);
    return when.matches() ? when.group(1) : text;
  }
}
