package io.chronoscope.decode;

import java.util.List;
import java.util.Optional;

/// Facts about a decoded segment.
///
/// @param container display name, such as `mp4`
/// @param codec FFmpeg's name; the first one if the codec changes
/// @param widthPx of the first frame, upright and with square pixels
/// @param heightPx of the first frame, upright and with square pixels
/// @param durationMicros from time zero to the end of the last frame
/// @param firstFrameMicros presentation time of the first frame
/// @param frames decoded frames
/// @param damagedFrames frames dropped or marked as damaged, and packets that the decoder rejected
/// @param gaps intervals without a frame that are followed by frames, in order; each about a second
///   or longer
/// @param strayBytes bytes around the media that do not belong to it, and incomplete packets
/// @param selection which of several video tracks was decoded; empty when there is only one
public record MediaFacts(
    String container,
    String codec,
    int widthPx,
    int heightPx,
    long durationMicros,
    long firstFrameMicros,
    long frames,
    long damagedFrames,
    List<Gap> gaps,
    long strayBytes,
    Optional<String> selection) {

  public MediaFacts {
    gaps = List.copyOf(gaps);
  }

  /// Facts about a segment without gaps.
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

  /// Facts about a segment of which every byte and the only video track were read.
  public MediaFacts(
      String container,
      String codec,
      int widthPx,
      int heightPx,
      long durationMicros,
      long firstFrameMicros,
      long frames,
      long damagedFrames,
      List<Gap> gaps) {
    this(
        container,
        codec,
        widthPx,
        heightPx,
        durationMicros,
        firstFrameMicros,
        frames,
        damagedFrames,
        gaps,
        0,
        Optional.empty());
  }

  /// An interval without a frame, relative to the segment's time zero.
  public record Gap(long fromMicros, long untilMicros) {}
}
