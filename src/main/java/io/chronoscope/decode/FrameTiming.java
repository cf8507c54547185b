package io.chronoscope.decode;

import io.chronoscope.decode.MediaDecoder.FrameSink;
import io.chronoscope.decode.MediaFacts.Gap;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;

/// Decides from when until when each frame of a segment is displayed, and delivers the frames to
/// the sink. It holds one frame back, because a frame is displayed until the next one.
///
/// - Time only moves forward: a frame whose time is not later than the one before is dropped and
///   counts as damaged. Frames before time zero are not shown.
/// - A frame that states no time, though its packet did or should, follows its predecessor at the
///   codec's frame rate. If the codec states none, frames without a time are spaced evenly between
///   their neighbors that have one.
/// - A damaged frame is not offered to the sink. From its time to that of the next intact frame,
///   the segment shows nothing; the same goes for a packet whose frame never came.
/// - If the next frame is much later than usual ([StallRule]), the frame before is displayed for
///   one usual interval only, and the rest is a gap.
final class FrameTiming implements AutoCloseable {

  /// Assumed frame duration when nothing states or implies one.
  static final long DEFAULT_FRAME_MICROS = 40_000;

  /// For how many usual intervals a frame may stand in for others before damage.
  private static final int HELD_INTERVALS = 3;

  private final VideoPackets source;
  private final StallRule stalls;
  private final DecodeLimits limits;
  private final long maxMicros;
  private final FrameSink sink;
  private final AVFrame held = avutil.av_frame_alloc();
  private final UntimedFrames untimed = new UntimedFrames();
  private final PictureConverter converter;
  private final List<Gap> gaps = new ArrayList<>();
  private final DamagedTimes damage = new DamagedTimes();

  /// Times of damaged packets whose frames were not delivered yet.
  private final NavigableSet<Long> damagedMicros = new TreeSet<>();

  private boolean holding;
  private boolean heldDamaged;
  private boolean losesTimeless;
  private long heldMicros;
  private long intactFrames;
  private long codecFrameMicros;
  private long firstMicros;
  private long frames;
  private long damaged;
  private long backwards;
  private int widthPx;
  private int heightPx;

  FrameTiming(VideoPackets source, DecodeLimits limits, FrameSink sink) {
    this.source = source;
    this.stalls = new StallRule(source.usualIntervalMicros());
    this.limits = limits;
    this.maxMicros = limits.maxDuration().toNanos() / 1000;
    this.sink = sink;
    this.converter = new PictureConverter(source.input().pixelAspect());
  }

  /// Adds the next decoded frame.
  ///
  /// @param decoded moved from
  /// @param statedFrameMicros frame duration as the codec states it; 0 when it states none
  void add(AVFrame decoded, long statedFrameMicros) throws UnreadableMediaException {
    codecFrameMicros = statedFrameMicros;
    long stated = decoded.pts();
    long ticks = stated != avutil.AV_NOPTS_VALUE ? stated : decoded.best_effort_timestamp();
    if (ticks != avutil.AV_NOPTS_VALUE) {
      long micros = source.input().micros(ticks);
      placeUntimed(micros);
      place(decoded, micros);
    } else if (codecFrameMicros > 0) {
      place(decoded, holding ? heldMicros + codecFrameMicros : 0);
    } else {
      untimed.add(decoded);
    }
  }

  /// The frame of a packet is damaged, or does not come at all. May be called before or right after
  /// the frame is added.
  ///
  /// @param ptsTicks the packet's time, or `AV_NOPTS_VALUE`
  void markDamaged(long ptsTicks) {
    if (ptsTicks == avutil.AV_NOPTS_VALUE) {
      losesTimeless = true;
      return;
    }
    long micros = source.input().micros(ptsTicks);
    if (holding && micros == heldMicros) {
      heldDamaged = true;
    } else if (!holding || micros > heldMicros) {
      damagedMicros.add(micros);
    }
  }

  /// Spaces the buffered frames evenly between the held frame and `nextMicros`.
  private void placeUntimed(long nextMicros) throws UnreadableMediaException {
    long from = heldMicros;
    int parts = untimed.size() + 1;
    for (int part = 1; part < parts; part++) {
      AVFrame frame = untimed.remove();
      try {
        if (holding) {
          place(frame, from + (nextMicros - from) * part / parts);
        } else {
          damaged++; // displayed before the first known time
        }
      } finally {
        avutil.av_frame_free(frame);
      }
    }
  }

  private void place(AVFrame frame, long micros) throws UnreadableMediaException {
    if (micros < 0 && holding && micros <= heldMicros) {
      return; // neither is shown
    }
    if ((holding && micros <= heldMicros) || micros < -maxMicros) {
      damaged++; // its time cannot be right
      backwards++;
      return;
    }
    if (frames >= limits.maxFrames()) {
      throw new UnreadableMediaException(
          Reason.TOO_LONG, "it has more than the limit of %d frames".formatted(limits.maxFrames()));
    }
    requireDurationWithinLimit(micros);
    if (holding && heldMicros < 0) {
      startHeldAtZero(micros);
    }
    if (holding) {
      deliver(displayEnd(micros));
    } else {
      firstMicros = micros;
      begin(micros);
    }
    avutil.av_frame_move_ref(held, frame);
    holding = true;
    heldMicros = micros;
    heldDamaged = damagedMicros.remove(micros) || Ffmpeg.isDamaged(held);
    frames++;
    if (widthPx == 0) {
      FrameSize size = converter.sizeOf(held);
      widthPx = size.widthPx();
      heightPx = size.heightPx();
    }
  }

  /// Drops the held frame when it is over by time zero; otherwise it is shown from there.
  private void startHeldAtZero(long nextMicros) {
    if (nextMicros <= 0) {
      avutil.av_frame_unref(held);
      holding = false;
      frames--;
    } else {
      heldMicros = 0;
      firstMicros = 0;
    }
  }

  /// What the segment has before its first frame.
  private void begin(long micros) {
    Long lost = damagedMicros.lower(micros);
    long seen = lost == null ? micros : Math.max(0, damagedMicros.first());
    if (seen > StallRule.MIN_MICROS) {
      gaps.add(new Gap(0, seen));
    }
    if (seen < micros) {
      damage.add(seen, micros);
    }
    damagedMicros.headSet(micros).clear();
  }

  private long displayEnd(long nextMicros) {
    Long lost = damagedMicros.higher(heldMicros);
    boolean lostBetween = lost != null && lost < nextMicros;
    if (lostBetween || !stalls.isStall(heldMicros, nextMicros)) {
      return nextMicros;
    }
    long until = heldMicros + stalls.usualMicros();
    gaps.add(new Gap(until, nextMicros));
    return until;
  }

  private void deliver(long untilMicros) throws UnreadableMediaException {
    try {
      long end = heldDamaged ? heldMicros : intactUntil(untilMicros);
      if (end > heldMicros) {
        intactFrames++;
        if (sink.wants(heldMicros, end)) {
          sink.frame(heldMicros, end, converter.convert(held));
        }
      } else {
        damaged++;
      }
      if (end < untilMicros) {
        damage.add(end, untilMicros);
      }
      damagedMicros.headSet(untilMicros).clear();
    } finally {
      avutil.av_frame_unref(held);
      holding = false;
      losesTimeless = false;
    }
  }

  /// The end of the held frame's display: no later than a frame that is missing after it. Where one
  /// is, others may be missing that are displayed before it.
  private long intactUntil(long untilMicros) {
    Long lost = damagedMicros.higher(heldMicros);
    long end = lost == null ? untilMicros : Math.min(lost, untilMicros);
    long usual = stalls.usualMicros();
    boolean standsIn =
        lost != null && lost <= untilMicros && end - heldMicros > HELD_INTERVALS * usual;
    return (losesTimeless || standsIn) && usual > 0 ? Math.min(end, heldMicros + usual) : end;
  }

  /// Delivers the last frame.
  ///
  /// @return the end of the last frame, by its own duration or else the frame interval; 0 without
  ///   frames
  long finish() throws UnreadableMediaException {
    long average = averageFrameMicros();
    if (!untimed.isEmpty()) {
      if (average == 0) {
        throw untimed.withoutTimes();
      }
      placeUntimed(heldMicros + average * (untimed.size() + 1));
    }
    if (!holding) {
      return 0;
    }
    Long lost = damagedMicros.isEmpty() ? null : damagedMicros.last();
    long last = lost == null ? heldMicros : Math.max(heldMicros, lost);
    long until = last + lastFrameMicros();
    requireDurationWithinLimit(until);
    if (until <= 0) {
      throw new UnreadableMediaException(
          Reason.BAD_TIME, "all of its frames are before its time zero");
    }
    heldMicros = Math.max(0, heldMicros);
    firstMicros = Math.max(0, firstMicros);
    deliver(until);
    return until;
  }

  private long lastFrameMicros() {
    return lastFrameMicros(
        source.statedDurationMicros(held.duration()),
        codecFrameMicros,
        stalls.usualMicros(),
        source.size());
  }

  /// For how long a segment's last frame is displayed.
  ///
  /// @param ownMicros duration that the frame states; 0 when it states none
  /// @param codecMicros frame duration as the codec states it, or 0
  /// @param usualMicros interval between the frames, or 0
  /// @param frames from which that interval is known
  static long lastFrameMicros(long ownMicros, long codecMicros, long usualMicros, long frames) {
    // Some muxers state the duration of a frame at a nominal rate.
    if (ownMicros > 0 && (frames < 3 || 2 * ownMicros >= usualMicros)) {
      return ownMicros;
    }
    if (usualMicros > 0) {
      return usualMicros;
    }
    return codecMicros > 0 ? codecMicros : DEFAULT_FRAME_MICROS;
  }

  /// Mean interval between frames without the gaps; 0 before the second frame.
  private long averageFrameMicros() {
    long inGaps =
        gaps.stream()
            .filter(gap -> gap.fromMicros() > 0)
            .mapToLong(gap -> gap.untilMicros() - gap.fromMicros())
            .sum();
    return frames > 1 ? (heldMicros - firstMicros - inGaps) / (frames - 1) : 0;
  }

  private void requireDurationWithinLimit(long micros) throws UnreadableMediaException {
    if (micros > maxMicros) {
      throw new UnreadableMediaException(
          Reason.TOO_LONG,
          "it lasts beyond %.1f s, the limit is %.1f s".formatted(micros / 1e6, maxMicros / 1e6));
    }
  }

  long frames() {
    return frames;
  }

  /// Frames that were dropped, or that the decoder marked as damaged.
  long damaged() {
    return damaged;
  }

  /// Dropped frames whose time was not later than the one before.
  long backwards() {
    return backwards;
  }

  long firstMicros() {
    return firstMicros;
  }

  /// Whether any frame was offered to the sink.
  boolean hasIntactFrames() {
    return intactFrames > 0;
  }

  /// When the segment shows no intact frame because of damage.
  List<MediaFacts.Damage> damage() {
    return damage.spans();
  }

  List<Gap> gaps() {
    return gaps;
  }

  /// Width of the first frame, upright and with square pixels.
  int widthPx() {
    return widthPx;
  }

  int heightPx() {
    return heightPx;
  }

  @Override
  public void close() {
    converter.close();
    untimed.close();
    avutil.av_frame_free(held);
  }
}
