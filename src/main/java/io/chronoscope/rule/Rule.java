package io.chronoscope.rule;

import io.chronoscope.domain.StreamPattern;
import java.time.Duration;

/// Something to watch for, in plain language.
///
/// @param id stable; a rule under the same id takes this one's place
/// @param text what to look for, as the model is asked: "a red circle stops in the upper half"
/// @param streams which streams it is for
/// @param threshold how sure the model has to be, 0 to 1
/// @param coolDown after an alert's end what begins within this time opens no other on that stream
/// @param priority higher is judged first, and goes into the alerts
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

  /// @throws IllegalArgumentException when a part of it cannot be; names the part as it is called
  ///   on the topic
  public Rule {
    check(!id.isBlank(), "id is blank");
    check(id.length() <= MAX_ID, "id is longer than " + MAX_ID + " characters");
    check(!text.isBlank(), "text is blank");
    check(text.length() <= MAX_TEXT, "text is longer than " + MAX_TEXT + " characters");
    // The text becomes a part of the question to the model.
    check(
        text.chars().noneMatch(Character::isISOControl) && !text.contains("<|"),
        "text has control characters, or <| with which the model's own begin");
    check(threshold >= 0 && threshold <= 1, "threshold is " + threshold + ", not between 0 and 1");
    check(!coolDown.isNegative(), "coolDownSeconds is negative");
    text = text.strip();
  }

  private static void check(boolean right, String wrong) {
    if (!right) {
      throw new IllegalArgumentException(wrong);
    }
  }
}
