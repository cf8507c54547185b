package io.chronoscope.decode;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

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
/// @param gaps intervals without a frame, in order: where the video pauses for about a second or
///   longer, and where damage lasts longer than [DecodeLimits#maxDamage()]
/// @param damage shorter intervals without an intact frame because of damage, in order; no frame of
///   either is offered to a sink
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
    List<Damage> damage,
    long strayBytes,
    Optional<String> selection) {

  /// A segment may end this much earlier than declared: declarations are rounded.
  private static final long ROUNDING_MICROS = 200_000;

  /// … or this many frame intervals.
  private static final int ROUNDING_FRAMES = 3;

  public MediaFacts {
    gaps = List.copyOf(gaps);
    damage = List.copyOf(damage);
  }

  /// Facts about a segment without gaps, of which every byte and the only video track were read.
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
        List.of(),
        List.of(),
        0,
        Optional.empty());
  }

  /// The same segment where something declares how long it is: what it is shorter by is damage.
  ///
  /// @param declaredMicros duration from time zero; 0 when none is declared
  public MediaFacts lasting(long declaredMicros) {
    long frameMicros = frames > 0 ? durationMicros / frames : 0;
    long rounding = Math.max(ROUNDING_MICROS, ROUNDING_FRAMES * frameMicros);
    if (declaredMicros - durationMicros <= rounding) {
      return this;
    }
    DamagedTimes all = new DamagedTimes();
    damage.forEach(one -> all.add(one.fromMicros(), one.untilMicros()));
    all.add(durationMicros, declaredMicros);
    return with(declaredMicros, gaps, all.spans());
  }

  /// The same with the damage that lasts longer than this among the gaps.
  public MediaFacts withDamageUpTo(Duration longest) {
    long longestMicros = longest.toNanos() / 1000;
    Stream<Gap> longer =
        damage.stream()
            .filter(one -> one.lengthMicros() > longestMicros)
            .map(one -> new Gap(one.fromMicros(), one.untilMicros(), Gap.Cause.DAMAGED));
    List<Gap> all =
        Stream.concat(gaps.stream(), longer)
            .sorted(Comparator.comparingLong(Gap::fromMicros))
            .toList();
    List<Damage> shorter =
        damage.stream().filter(one -> one.lengthMicros() <= longestMicros).toList();
    return with(durationMicros, all, shorter);
  }

  private MediaFacts with(long duration, List<Gap> otherGaps, List<Damage> otherDamage) {
    return new MediaFacts(
        container,
        codec,
        widthPx,
        heightPx,
        duration,
        firstFrameMicros,
        frames,
        damagedFrames,
        otherGaps,
        otherDamage,
        strayBytes,
        selection);
  }

  /// An interval without an intact frame, relative to the segment's time zero.
  public record Damage(long fromMicros, long untilMicros) {

    public long lengthMicros() {
      return untilMicros - fromMicros;
    }
  }

  /// An interval without a frame, relative to the segment's time zero.
  public record Gap(long fromMicros, long untilMicros, Cause cause) {

    public enum Cause {
      /// The segment has no frames for it.
      NO_FRAMES,
      /// Its frames are damaged, or missing though the segment declares them.
      DAMAGED
    }

    /// A gap without frames.
    public Gap(long fromMicros, long untilMicros) {
      this(fromMicros, untilMicros, Cause.NO_FRAMES);
    }
  }
}
