package io.chronoscope.domain;

/// Why a record was not taken, in words for its producer.
///
/// @param reason the kind, stable for programs
/// @param detail what was wrong and where; no more of it than [#MAX_DETAIL] characters, whatever
///   was sent: what is said of a bad record must not be too large for a record itself
public record Rejection(Reason reason, String detail) {

  public static final int MAX_DETAIL = 1000;

  public Rejection {
    detail = cut(detail);
  }

  /// A text for people, cut where it is longer than a detail may be.
  public static String cut(String text) {
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
    /// Its time had passed, and the grace for late chunks as well.
    LATE,
    /// A reference that may not be followed: another scheme, or a place outside the allowed ones.
    REFERENCE_FORBIDDEN,
    /// A reference behind which nothing was found.
    REFERENCE_MISSING,
    /// What lies behind a reference has another size or digest than stated.
    REFERENCE_MISMATCH,
    BAD_RULE,
    BAD_QUESTION
  }
}
