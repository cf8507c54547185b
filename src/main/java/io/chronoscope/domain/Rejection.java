package io.chronoscope.domain;

/// Why a record was rejected, for its producer.
///
/// @param reason for programs; stable
/// @param detail for people: what is wrong and where, truncated to [#MAX_DETAIL] characters, so
///   that a dead letter fits into a record whatever was sent
public record Rejection(Reason reason, String detail) {

  public static final int MAX_DETAIL = 1000;

  public Rejection {
    detail = truncate(detail);
  }

  /// Truncates a text to the length of a detail, marked with `…`; never within a character.
  public static String truncate(String text) {
    if (text.length() <= MAX_DETAIL) {
      return text;
    }
    boolean splits = Character.isHighSurrogate(text.charAt(MAX_DETAIL - 2));
    return text.substring(0, MAX_DETAIL - (splits ? 2 : 1)) + "…";
  }

  public enum Reason {
    BAD_ENVELOPE,
    EMPTY,
    TOO_LARGE,
    NOT_MEDIA,
    UNSUPPORTED_CONTAINER,
    UNSUPPORTED_CODEC,
    TRUNCATED,
    CORRUPT,
    NO_VIDEO,
    NO_FRAMES,
    PICTURE_TOO_LARGE,
    TOO_LONG,
    BAD_TIME,
    /// Later than the allowed lateness.
    LATE,
    /// A reference that must not be followed: an unsupported scheme, or outside the allowed roots
    /// and buckets.
    REFERENCE_FORBIDDEN,
    /// A reference to an object that does not exist.
    REFERENCE_MISSING,
    /// The referenced object has another size or digest than stated.
    REFERENCE_MISMATCH,
    BAD_RULE,
    BAD_QUESTION,
    /// Decoding takes more memory, time or output than one chunk may; the detail names the limit.
    OVER_BUDGET,
    /// The decoder crashed, twice.
    DECODER_CRASHED,
    /// One side of the picture is so much longer than the other that the model has no size for it.
    PICTURE_TOO_NARROW
  }
}
