package io.chronoscope.domain;

import java.time.Instant;

/// A question about a time range of a stream.
///
/// @param id chosen by the client; the answer carries it
/// @param text a description of what to find
/// @param from absolute, inclusive
/// @param to absolute, exclusive, after `from`
public record Question(String id, String stream, String text, Instant from, Instant to) {

  public static final int MAX_ID = 200;
  public static final int MAX_STREAM = 512;
  public static final int MAX_TEXT = 500;
  private static final Instant FAR = Instant.parse("9999-01-01T00:00:00Z");

  /// @throws IllegalArgumentException when a component is invalid; names it as the field on the
  ///   topic
  public Question {
    check(!id.isBlank(), "the key, which is the question's id, is blank");
    check(
        id.length() <= MAX_ID,
        "the key, which is the question's id, is longer than " + MAX_ID + " characters");
    check(!stream.isBlank(), "stream is blank");
    check(stream.length() <= MAX_STREAM, "stream is longer than " + MAX_STREAM + " characters");
    check(!text.isBlank(), "question is blank");
    check(text.length() <= MAX_TEXT, "question is longer than " + MAX_TEXT + " characters");
    // The text becomes part of the prompt; <| starts the special tokens of the model.
    check(
        text.chars().noneMatch(Character::isISOControl) && !text.contains("<|"),
        "question contains control characters, or <|, which starts special tokens of the model");
    check(!from.isBefore(Instant.EPOCH), "from (" + from + ") is before 1970");
    check(to.isBefore(FAR), "to (" + to + ") is beyond " + FAR);
    check(from.isBefore(to), "from (%s) is not before to (%s)".formatted(from, to));
    text = text.strip();
  }

  private static void check(boolean valid, String problem) {
    if (!valid) {
      throw new IllegalArgumentException(problem);
    }
  }
}
