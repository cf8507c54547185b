package io.chronoscope.vlm;

/// A half of the picture.
public enum FrameHalf {
  UPPER,
  LOWER,
  LEFT,
  RIGHT;

  public FrameHalf opposite() {
    return switch (this) {
      case UPPER -> LOWER;
      case LOWER -> UPPER;
      case LEFT -> RIGHT;
      case RIGHT -> LEFT;
    };
  }
}
