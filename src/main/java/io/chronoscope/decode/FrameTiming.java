package io.chronoscope.decode;

import io.chronoscope.decode.MediaDecoder.FrameSink;
import io.chronoscope.decode.MediaFacts.Hole;
import io.chronoscope.domain.Rejection.Reason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;

/// When each frame of a segment is shown, from its first to its last. One frame is held back until
/// the next one is known, because a frame is shown until then.
///
/// - Time only moves forward: a frame whose time is not after that of the one before is left out,
///   and counts as damaged.
/// - A frame that states no time follows at the codec's frame rate; where the codec states none, it
///   is placed evenly between those around it that do.
/// - A transport stream has no lengths of frames. Where the next frame is much later than frames
///   follow one another, the one before is not shown until then: nothing is, and that is a hole.
final class FrameTiming implements AutoCloseable {

  private static final long GUESSED_FRAME_MICROS = 40_000;

  /// Shorter waits are no holes, and longer ones only if they are this many usual ones.
  private static final long HOLE_MICROS = 1_000_000;

  private static final int HOLE_FRAMES = 5;

  /// So much waits for the next time at most; the specification has one every 0.7 s.
  private static final int MOST_UNTIMED = 64;

  private static final long MOST_UNTIMED_PIXELS = 100_000_000;

  private final VideoInput input;
  private final DecodeLimits limits;
  private final long maxMicros;
  private final FrameSink sink;
  private final AVFrame held = avutil.av_frame_alloc();
  private final Deque<AVFrame> untimed = new ArrayDeque<>();
  private final PictureConverter converter = new PictureConverter();
  private final List<Hole> holes = new ArrayList<>();
  private boolean holding;
  private long heldMicros;
  private long usualMicros;
  private long untimedPixels;
  private long firstMicros;
  private long frames;
  private long damaged;
  private long backwards;
  private int widthPx;
  private int heightPx;

  FrameTiming(VideoInput input, DecodeLimits limits, FrameSink sink) {
    this.input = input;
    this.limits = limits;
    this.maxMicros = limits.maxDuration().toNanos() / 1000;
    this.sink = sink;
  }

  /// Takes the next frame.
  ///
  /// @param decoded is moved from
  /// @param codecMicros a frame's length as the codec states it; 0 when it does not
  void add(AVFrame decoded, long codecMicros) throws UnreadableMediaException {
    usualMicros = codecMicros;
    long ticks = decoded.best_effort_timestamp();
    if (ticks != avutil.AV_NOPTS_VALUE) {
      long micros = input.micros(ticks);
      placeUntimed(micros);
      place(decoded, micros);
    } else if (codecMicros > 0) {
      place(decoded, holding ? heldMicros + codecMicros : 0);
    } else {
      keepUntimed(decoded);
    }
  }

  private void keepUntimed(AVFrame decoded) throws UnreadableMediaException {
    untimedPixels += (long) decoded.width() * decoded.height();
    if (untimed.size() >= MOST_UNTIMED || untimedPixels > MOST_UNTIMED_PIXELS) {
      throw withoutTimes();
    }
    AVFrame kept = avutil.av_frame_alloc();
    avutil.av_frame_move_ref(kept, decoded);
    untimed.add(kept);
  }

  private UnreadableMediaException withoutTimes() {
    return new UnreadableMediaException(
        Reason.BAD_TIME,
        "%d frames in a row state no time, and the codec states no frame rate"
            .formatted(untimed.size()));
  }

  /// Those that wait lie between the held frame and the one that is shown at `nextMicros`.
  private void placeUntimed(long nextMicros) throws UnreadableMediaException {
    long from = heldMicros;
    int parts = untimed.size() + 1;
    for (int part = 1; part < parts; part++) {
      AVFrame frame = untimed.remove();
      try {
        if (holding) {
          place(frame, from + (nextMicros - from) * part / parts);
        } else {
          damaged++; // it was shown before the first time that is known
        }
      } finally {
        avutil.av_frame_free(frame);
      }
    }
    untimedPixels = 0;
  }

  private void place(AVFrame frame, long micros) throws UnreadableMediaException {
    if ((holding && micros <= heldMicros) || micros < -maxMicros) {
      damaged++; // its time cannot be right
      backwards++;
      return;
    }
    if (frames >= limits.maxFrames()) {
      throw new UnreadableMediaException(
          Reason.TOO_LONG, "it has more than %d frames".formatted(limits.maxFrames()));
    }
    requireShort(micros);
    if (holding) {
      deliver(shownUntil(micros));
    } else {
      firstMicros = micros;
      if (micros > HOLE_MICROS) {
        holes.add(new Hole(0, micros));
      }
    }
    avutil.av_frame_move_ref(held, frame);
    holding = true;
    heldMicros = micros;
    frames++;
    if (held.decode_error_flags() != 0 || (held.flags() & AVFrame.AV_FRAME_FLAG_CORRUPT) != 0) {
      damaged++;
    }
    if (widthPx == 0) {
      boolean swapped = PictureConverter.Orientation.of(held).a() == 0;
      widthPx = swapped ? held.height() : held.width();
      heightPx = swapped ? held.width() : held.height();
    }
  }

  private long shownUntil(long nextMicros) {
    long usual = usualMicros > 0 ? usualMicros : averageMicros();
    boolean hole =
        input.container() == ContainerFormat.MPEG_TS
            && usual > 0
            && nextMicros - heldMicros > Math.max(HOLE_MICROS, HOLE_FRAMES * usual);
    if (!hole) {
      return nextMicros;
    }
    long until = heldMicros + usual;
    holes.add(new Hole(until, nextMicros));
    return until;
  }

  private void deliver(long untilMicros) throws UnreadableMediaException {
    try {
      if (sink.wants(heldMicros, untilMicros)) {
        sink.frame(heldMicros, untilMicros, converter.convert(held));
      }
    } finally {
      avutil.av_frame_unref(held);
      holding = false;
    }
  }

  /// No frame follows.
  ///
  /// @return the end of the last one, by its own duration or else the usual one; 0 without frames
  long end() throws UnreadableMediaException {
    long average = averageMicros();
    if (!untimed.isEmpty()) {
      if (average == 0) {
        throw withoutTimes();
      }
      placeUntimed(heldMicros + average * (untimed.size() + 1));
    }
    if (!holding) {
      return 0;
    }
    long until = heldMicros + lengthOfLast();
    requireShort(until);
    if (until <= 0) {
      throw new UnreadableMediaException(
          Reason.BAD_TIME, "all of its frames lie before its time zero");
    }
    deliver(until);
    return until;
  }

  private long lengthOfLast() {
    long own = Ffmpeg.micros(held.duration(), input.timeBase());
    if (own > 0) {
      return own;
    }
    if (usualMicros > 0) {
      return usualMicros;
    }
    long average = averageMicros();
    return average > 0 ? average : GUESSED_FRAME_MICROS;
  }

  /// 0 before the second frame.
  private long averageMicros() {
    long inHoles =
        holes.stream()
            .filter(hole -> hole.fromMicros() > 0)
            .mapToLong(hole -> hole.untilMicros() - hole.fromMicros())
            .sum();
    return frames > 1 ? (heldMicros - firstMicros - inHoles) / (frames - 1) : 0;
  }

  private void requireShort(long micros) throws UnreadableMediaException {
    if (micros > maxMicros) {
      throw new UnreadableMediaException(
          Reason.TOO_LONG,
          "it goes on at %.1f s, the limit is %.1f s".formatted(micros / 1e6, maxMicros / 1e6));
    }
  }

  long frames() {
    return frames;
  }

  /// Frames that were left out, or that the decoder marked.
  long damaged() {
    return damaged;
  }

  /// Those of them whose time was not after that of the one before.
  long backwards() {
    return backwards;
  }

  long firstMicros() {
    return firstMicros;
  }

  List<Hole> holes() {
    return holes;
  }

  /// Of the first frame, upright.
  int widthPx() {
    return widthPx;
  }

  int heightPx() {
    return heightPx;
  }

  @Override
  public void close() {
    converter.close();
    untimed.forEach(avutil::av_frame_free);
    untimed.clear();
    avutil.av_frame_free(held);
  }
}
