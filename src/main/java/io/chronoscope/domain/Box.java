package io.chronoscope.domain;

import java.time.Instant;

/// Where an event is in the picture at one time, in pixels of the video, not of the frames that the
/// model was shown.
///
/// @param time absolute
/// @param offsetMs `time` in milliseconds from the stream's start
/// @param xPx left edge
/// @param yPx upper edge
/// @param widthPx at least 1
/// @param heightPx at least 1
public record Box(Instant time, long offsetMs, int xPx, int yPx, int widthPx, int heightPx) {

  public Box {
    if (xPx < 0 || yPx < 0 || widthPx <= 0 || heightPx <= 0) {
      throw new IllegalArgumentException(
          "box at %d,%d of %dx%d pixels".formatted(xPx, yPx, widthPx, heightPx));
    }
  }
}
