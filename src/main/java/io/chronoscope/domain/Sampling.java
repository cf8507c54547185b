package io.chronoscope.domain;

import java.util.Comparator;
import java.util.List;

/// How closely a time range was sampled, so that a reader can distinguish "nothing happened" from
/// "hardly analyzed".
///
/// @param framesSeen frames given to the model
/// @param fps sampling rate in frames per second
/// @param reason why this rate was chosen
/// @param videoTokens visual tokens given to the model
/// @param frameWidthPx width of the frames given to the model
/// @param frameHeightPx height of the frames given to the model
/// @param lagMs how long the last chunk of the range had waited when it was analyzed
/// @param loadLevel level of load shedding at that time; 0 for none
/// @param damagedMs how much of the time range has damaged frames, which were not sampled; longer
///   damage is a gap
public record Sampling(
    int framesSeen,
    double fps,
    String reason,
    int videoTokens,
    int frameWidthPx,
    int frameHeightPx,
    long lagMs,
    int loadLevel,
    long damagedMs) {

  /// Without damage.
  public Sampling(
      int framesSeen,
      double fps,
      String reason,
      int videoTokens,
      int frameWidthPx,
      int frameHeightPx,
      long lagMs,
      int loadLevel) {
    this(framesSeen, fps, reason, videoTokens, frameWidthPx, frameHeightPx, lagMs, loadLevel, 0);
  }

  /// Without lag or load shedding.
  public Sampling(
      int framesSeen,
      double fps,
      String reason,
      int videoTokens,
      int frameWidthPx,
      int frameHeightPx) {
    this(framesSeen, fps, reason, videoTokens, frameWidthPx, frameHeightPx, 0, 0);
  }

  /// The same with another number of frames.
  public Sampling withFrames(int frames) {
    return new Sampling(
        frames, fps, reason, videoTokens, frameWidthPx, frameHeightPx, lagMs, loadLevel, damagedMs);
  }

  /// The same with this much damage.
  public Sampling withDamage(long millis) {
    return new Sampling(
        framesSeen,
        fps,
        reason,
        videoTokens,
        frameWidthPx,
        frameHeightPx,
        lagMs,
        loadLevel,
        millis);
  }

  /// Combines the samplings of several parts: the sum of frames, tokens and damage, otherwise the
  /// values of the least closely sampled part.
  ///
  /// @param parts at least one
  public static Sampling combined(List<Sampling> parts) {
    if (parts.size() == 1) {
      return parts.getFirst();
    }
    Sampling smallest =
        parts.stream()
            .min(
                Comparator.comparingLong(part -> (long) part.frameWidthPx() * part.frameHeightPx()))
            .orElseThrow();
    return new Sampling(
        sum(parts.stream().mapToLong(Sampling::framesSeen).sum()),
        parts.stream().mapToDouble(Sampling::fps).min().orElseThrow(),
        "lowest of %d parts".formatted(parts.size()),
        sum(parts.stream().mapToLong(Sampling::videoTokens).sum()),
        smallest.frameWidthPx(),
        smallest.frameHeightPx(),
        parts.stream().mapToLong(Sampling::lagMs).max().orElseThrow(),
        parts.stream().mapToInt(Sampling::loadLevel).max().orElseThrow(),
        parts.stream().mapToLong(Sampling::damagedMs).sum());
  }

  private static int sum(long all) {
    return (int) Math.min(Integer.MAX_VALUE, all);
  }
}
