package io.chronoscope.shedding;

import java.util.List;

/// The detail at which a stream is analyzed. Each level sheds more than the one before: first
/// frames, then pixels and summaries by the model, then whole windows, so that what is still
/// published stays correct for as long as possible.
///
/// @param level 0 is full detail
/// @param fpsDivisor divides the frame rate
/// @param pixelDivisor divides the pixels of a frame
/// @param summaries what summaries of windows are made from
/// @param everyNthWindow one of this many windows is analyzed
public record DetailLevel(
    int level, int fpsDivisor, int pixelDivisor, Summaries summaries, int everyNthWindow) {

  /// What a window's summary is made from.
  public enum Summaries {
    /// From the video, by the model.
    BY_MODEL,
    /// From the window's events, which costs nothing.
    FROM_EVENTS
  }

  private static final List<DetailLevel> LEVELS =
      List.of(
          new DetailLevel(0, 1, 1, Summaries.BY_MODEL, 1),
          new DetailLevel(1, 2, 1, Summaries.BY_MODEL, 1),
          new DetailLevel(2, 4, 1, Summaries.BY_MODEL, 1),
          new DetailLevel(3, 4, 2, Summaries.FROM_EVENTS, 1),
          new DetailLevel(4, 4, 4, Summaries.FROM_EVENTS, 1),
          new DetailLevel(5, 4, 4, Summaries.FROM_EVENTS, 2),
          new DetailLevel(6, 4, 4, Summaries.FROM_EVENTS, 4),
          new DetailLevel(7, 4, 4, Summaries.FROM_EVENTS, 8));

  /// Full detail: nothing is shed.
  public static final DetailLevel FULL = LEVELS.getFirst();

  public static final int LAST_LEVEL = LEVELS.size() - 1;

  /// The last level at which every window is analyzed.
  static final int LAST_OF_WHOLE_WINDOWS = 4;

  /// The level nearest to a number.
  public static DetailLevel at(int level) {
    return LEVELS.get(Math.clamp(level, 0, LAST_LEVEL));
  }

  /// This level, or the other one if that sheds more.
  public DetailLevel noFinerThan(DetailLevel other) {
    return other.level > level ? other : this;
  }

  /// Whether a window is analyzed. Streams that started together take turns, and a window that is
  /// analyzed at one level is analyzed at all lower ones too.
  public boolean analyzes(String stream, long window) {
    return Math.floorMod(window + stream.hashCode(), (long) everyNthWindow) == 0;
  }
}
