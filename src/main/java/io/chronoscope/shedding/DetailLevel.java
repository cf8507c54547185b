package io.chronoscope.shedding;

import java.util.List;

/// How closely a stream is looked at. Each level saves more than the one before: first frames, then
/// pixels, then whole windows, so that what is still told stays right for as long as possible.
///
/// @param level 0: as asked
/// @param fpsDivisor of the frames that would be shown one in so many is
/// @param pixelDivisor of a frame's pixels
/// @param everyNthWindow one window in so many is described
public record DetailLevel(int level, int fpsDivisor, int pixelDivisor, int everyNthWindow) {

  private static final List<DetailLevel> LEVELS =
      List.of(
          new DetailLevel(0, 1, 1, 1),
          new DetailLevel(1, 2, 1, 1),
          new DetailLevel(2, 4, 1, 1),
          new DetailLevel(3, 4, 2, 1),
          new DetailLevel(4, 4, 4, 1),
          new DetailLevel(5, 4, 4, 2),
          new DetailLevel(6, 4, 4, 4),
          new DetailLevel(7, 4, 4, 8));

  /// As asked.
  public static final DetailLevel FULL = LEVELS.getFirst();

  public static final int LAST_LEVEL = LEVELS.size() - 1;

  /// The nearest level there is.
  static DetailLevel at(int level) {
    return LEVELS.get(Math.clamp(level, 0, LAST_LEVEL));
  }

  /// Whether a window is described. Streams that began together take turns, and what one level
  /// describes, those below it do as well.
  public boolean describes(String stream, long window) {
    return Math.floorMod(window + stream.hashCode(), (long) everyNthWindow) == 0;
  }
}
