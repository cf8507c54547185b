package io.chronoscope.model;

/// Why a record was not taken, in words for its producer.
///
/// @param reason the kind, stable for programs
/// @param detail what was wrong and where
public record Rejection(Reason reason, String detail) {

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
    BAD_TIME
  }
}
