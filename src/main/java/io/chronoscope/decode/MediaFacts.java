package io.chronoscope.decode;

import java.util.List;

/// What a decoded segment turned out to be.
///
/// @param codec the first, if it changes in the middle
/// @param durationMicros from time zero to the end of the last frame
/// @param firstFrameMicros presentation time of the first frame
/// @param frames decoded frames
/// @param damagedFrames frames that the decoder marked as damaged, or packets that it refused
/// @param holes where no frame is shown although others are later, rising; none shorter than a
///   second
public record MediaFacts(
    String container,
    String codec,
    int widthPx,
    int heightPx,
    long durationMicros,
    long firstFrameMicros,
    long frames,
    long damagedFrames,
    List<Hole> holes) {

  public MediaFacts {
    holes = List.copyOf(holes);
  }

  /// In which frames are shown all through.
  public MediaFacts(
      String container,
      String codec,
      int widthPx,
      int heightPx,
      long durationMicros,
      long firstFrameMicros,
      long frames,
      long damagedFrames) {
    this(
        container,
        codec,
        widthPx,
        heightPx,
        durationMicros,
        firstFrameMicros,
        frames,
        damagedFrames,
        List.of());
  }

  /// From the segment's time zero.
  public record Hole(long fromMicros, long untilMicros) {}
}
