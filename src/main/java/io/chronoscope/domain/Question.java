package io.chronoscope.domain;

import java.time.Instant;

/// A question about a stretch of a stream.
///
/// @param id the asker's; the answer carries it
/// @param text what to look for
/// @param from absolute
/// @param to absolute, after `from`; no longer part of the stretch
public record Question(String id, String stream, String text, Instant from, Instant to) {

  public static final int MAX_ID = 200;
  public static final int MAX_STREAM = 512;
  public static final int MAX_TEXT = 500;
  private static final Instant FAR = Instant.parse("9999-01-01T00:00:00Z");

  /// @throws IllegalArgumentException when a part of it cannot be; names the part as it is called
  ///   on the topic
  public Question {
    check(!id.isBlank(), "the key, which is the question's id, is blank");
    check(
        id.length() <= MAX_ID,
        "the key, which is the question's id, is longer than " + MAX_ID + " characters");
    check(!stream.isBlank(), "stream is blank");
    check(stream.length() <= MAX_STREAM, "stream is longer than " + MAX_STREAM + " characters");
    check(!text.isBlank(), "question is blank");
    check(text.length() <= MAX_TEXT, "question is longer than " + MAX_TEXT + " characters");
    // The text becomes a part of the question to the model.
    check(
        text.chars().noneMatch(Character::isISOControl) && !text.contains("<|"),
        "question has control characters, or <| with which the model's own begin");
    check(!from.isBefore(Instant.EPOCH), "from (" + from + ") is before 1970");
    check(to.isBefore(FAR), "to (" + to + ") is beyond " + FAR);
    check(from.isBefore(to), "from (%s) is not before to (%s)".formatted(from, to));
    text = text.strip();
  }

  private static void check(boolean right, String wrong) {
    if (!right) {
      throw new IllegalArgumentException(wrong);
    }
  }
}
