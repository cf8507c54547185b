package io.chronoscope.domain;

import java.util.Comparator;
import java.util.List;

/// How closely a span was looked at, so that a reader can tell "nothing happened" from "not
/// looked".
///
/// @param framesSeen frames given to the model
/// @param fps sampling rate in frames a second
/// @param reason why this rate was chosen
/// @param videoTokens visual tokens given to the model
/// @param frameWidthPx width given to the model
/// @param frameHeightPx height given to the model
/// @param lagMs how long the span's last chunk had waited when it was looked at
/// @param loadLevel how far the service had turned itself down by then: 0 when it looked as it was
///   asked to
public record Sampling(
    int framesSeen,
    double fps,
    String reason,
    int videoTokens,
    int frameWidthPx,
    int frameHeightPx,
    long lagMs,
    int loadLevel) {

  /// Looked at in time and as asked.
  public Sampling(
      int framesSeen,
      double fps,
      String reason,
      int videoTokens,
      int frameWidthPx,
      int frameHeightPx) {
    this(framesSeen, fps, reason, videoTokens, frameWidthPx, frameHeightPx, 0, 0);
  }

  /// The same with another count of frames.
  public Sampling withFrames(int frames) {
    return new Sampling(
        frames, fps, reason, videoTokens, frameWidthPx, frameHeightPx, lagMs, loadLevel);
  }

  /// What several looks come to: frames and tokens of all, the rest from the part that was looked
  /// at least closely.
  ///
  /// @param looks at least one
  public static Sampling together(List<Sampling> looks) {
    if (looks.size() == 1) {
      return looks.getFirst();
    }
    Sampling smallest =
        looks.stream()
            .min(
                Comparator.comparingLong(look -> (long) look.frameWidthPx() * look.frameHeightPx()))
            .orElseThrow();
    return new Sampling(
        sum(looks.stream().mapToLong(Sampling::framesSeen).sum()),
        looks.stream().mapToDouble(Sampling::fps).min().orElseThrow(),
        "lowest of %d parts".formatted(looks.size()),
        sum(looks.stream().mapToLong(Sampling::videoTokens).sum()),
        smallest.frameWidthPx(),
        smallest.frameHeightPx(),
        looks.stream().mapToLong(Sampling::lagMs).max().orElseThrow(),
        looks.stream().mapToInt(Sampling::loadLevel).max().orElseThrow());
  }

  private static int sum(long all) {
    return (int) Math.min(Integer.MAX_VALUE, all);
  }
}
