package io.chronoscope.rule;

import io.chronoscope.domain.StreamPattern;
import java.time.Duration;

/// A condition to watch for, in plain language.
///
/// @param id stable; a rule with the same id replaces this one
/// @param text what to find, as the model is asked: "a red circle stops in the upper half"
/// @param streams the streams it applies to
/// @param threshold the confidence at which it matches, 0 to 1
/// @param coolDown for this long after the end of an alert no new one opens on that stream
/// @param priority higher is evaluated first; copied to the alerts
public record Rule(
    String id,
    String text,
    StreamPattern streams,
    double threshold,
    Duration coolDown,
    int priority) {

  public static final double DEFAULT_THRESHOLD = 0.5;

  private static final int MAX_ID = 200;
  private static final int MAX_TEXT = 500;

  /// @throws IllegalArgumentException when a component is invalid; names it as the field on the
  ///   topic
  public Rule {
    check(!id.isBlank(), "id is blank");
    check(id.length() <= MAX_ID, "id is longer than " + MAX_ID + " characters");
    check(!text.isBlank(), "text is blank");
    check(text.length() <= MAX_TEXT, "text is longer than " + MAX_TEXT + " characters");
    // The text becomes part of the prompt; <| starts the special tokens of the model.
    check(
        text.chars().noneMatch(Character::isISOControl) && !text.contains("<|"),
        "text contains control characters, or <|, which starts special tokens of the model");
    check(threshold >= 0 && threshold <= 1, "threshold is " + threshold + ", not between 0 and 1");
    check(!coolDown.isNegative(), "coolDownSeconds is negative");
    text = text.strip();
  }

  private static void check(boolean valid, String problem) {
    if (!valid) {
      throw new IllegalArgumentException(problem);
    }
  }
}
