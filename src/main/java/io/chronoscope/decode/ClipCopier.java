package io.chronoscope.decode;

import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.global.avcodec;
import org.jspecify.annotations.Nullable;

/// Joins the segments of a time range in one MP4 that a browser plays, without re-encoding. It
/// starts with the last key frame at or before the range, or the first one after it, and ends with
/// the first packet that no frame of the range needs. Time between segments that is missing shows
/// the last frame before it: a time in the clip plus its start is an absolute time throughout.
///
/// A key frame that a segment repeats from the next one ([MediaCutter]) is written once; so are
/// frames of segments that overlap.
public final class ClipCopier implements AutoCloseable {

  private static final long SAME_FRAME_MICROS = 1_000;
  private static final long TYPICAL_FRAME_MICROS = 40_000;

  private final long fromMicros;
  private final long toMicros;
  private final DecodeLimits limits;
  private final LongConsumer onBytes;

  private @Nullable ClipFile file;
  private @Nullable AVCodecParameters parameters;
  private String codec = "";
  private long zeroMicros;
  private long endMicros;
  private long lastPts = Long.MIN_VALUE;
  private boolean lastIsKey;
  private Clip.End end = Clip.End.COMPLETE;

  /// @param fromMicros absolute
  /// @param toMicros absolute
  /// @param onBytes receives the size so far after each packet, and may throw to stop
  public ClipCopier(long fromMicros, long toMicros, DecodeLimits limits, LongConsumer onBytes) {
    this.fromMicros = fromMicros;
    this.toMicros = toMicros;
    this.limits = limits;
    this.onBytes = onBytes;
  }

  /// Adds the next segment, in order of their times.
  ///
  /// @return whether the clip needs further segments
  /// @throws NotPlayableException when a browser cannot play its video
  /// @throws UnreadableMediaException when the segment cannot be read
  public boolean append(ClipPart part) throws UnreadableMediaException, NotPlayableException {
    MemorySegment bytes = MemorySegment.ofBuffer(part.media());
    try (VideoPackets packets = VideoPackets.open(bytes, limits)) {
      VideoInput input = packets.input();
      packets.requireTimed();
      long first = file == null ? startIn(part, packets) : Long.MIN_VALUE;
      AVCodecParameters found = input.stream().codecpar();
      BrowserPlayback.require(found);
      if (file == null) {
        open(input);
      } else if (!isSame(found)) {
        end = Clip.End.MEDIA_CHANGES;
        return false;
      }
      return copy(part, packets, first);
    }
  }

  private void open(VideoInput input) {
    AVCodecParameters copy = avcodec.avcodec_parameters_alloc();
    parameters = copy;
    Ffmpeg.check(
        avcodec.avcodec_parameters_copy(copy, input.stream().codecpar()), "codec parameters");
    codec = input.codecName();
    file = new ClipFile(copy);
  }

  private boolean isSame(AVCodecParameters other) {
    AVCodecParameters own = java.util.Objects.requireNonNull(parameters);
    return own.codec_id() == other.codec_id()
        && own.width() == other.width()
        && own.height() == other.height()
        && own.format() == other.format()
        && extradata(own).equals(extradata(other));
  }

  private static java.nio.ByteBuffer extradata(AVCodecParameters parameters) {
    byte[] bytes = new byte[parameters.extradata() == null ? 0 : parameters.extradata_size()];
    if (bytes.length > 0) {
      parameters.extradata().get(bytes);
    }
    return java.nio.ByteBuffer.wrap(bytes);
  }

  /// The absolute time of the key frame with which the clip starts.
  private long startIn(ClipPart part, VideoPackets packets) throws UnreadableMediaException {
    long start = Long.MIN_VALUE;
    for (int i = 0; i < packets.size(); i++) {
      long pts = part.startMicros() + packets.input().micros(packets.presentation(i));
      if (packets.isKey(i)
          && packets.isShown(i)
          && (start == Long.MIN_VALUE || pts <= fromMicros)) {
        start = pts;
      }
    }
    if (start == Long.MIN_VALUE) {
      throw new UnreadableMediaException(Reason.NO_FRAMES, "the segment has no key frame");
    }
    return start;
  }

  /// @param first time of the packet to start with; the earliest time for all
  private boolean copy(ClipPart part, VideoPackets packets, long first) {
    ClipFile out = java.util.Objects.requireNonNull(file);
    VideoInput input = packets.input();
    long before = lastPts;
    boolean repeatsKey = lastIsKey;
    boolean joined = false;
    AVPacket packet = packets.next();
    for (int i = 0; packet != null; i++, packet = packets.next()) {
      long pts = part.startMicros() + input.micros(packet.pts());
      long dts = part.startMicros() + input.micros(packet.dts());
      long duration = durationMicros(packet, pts, input);
      if (dts >= toMicros && lastPts != Long.MIN_VALUE) {
        return false;
      }
      if (!packets.isShown(i)) {
        continue;
      }
      boolean repeated = false;
      if (!joined && isKey(packet) && pts >= first) {
        repeated = repeatsKey && Math.abs(pts - before) <= SAME_FRAME_MICROS;
        joined = repeated || before == Long.MIN_VALUE || pts > before;
      }
      boolean leading = before == Long.MIN_VALUE ? pts < first : pts <= before;
      if (joined && !repeated && !leading) {
        if (lastPts == Long.MIN_VALUE) {
          zeroMicros = pts;
        }
        out.write(packet, pts - zeroMicros, dts - zeroMicros, duration);
        if (pts > lastPts) {
          lastPts = pts;
          lastIsKey = isKey(packet);
        }
        endMicros = Math.max(endMicros, pts + duration);
        onBytes.accept(out.sizeBytes());
      }
    }
    return true;
  }

  /// Some containers state no durations; a last frame without one would not be shown.
  private long durationMicros(AVPacket packet, long pts, VideoInput input) {
    if (packet.duration() > 0) {
      return Ffmpeg.micros(packet.duration(), input.timeBase());
    }
    long distance = pts - lastPts;
    return lastPts != Long.MIN_VALUE && distance > 0 && distance < TYPICAL_FRAME_MICROS * 25
        ? distance
        : TYPICAL_FRAME_MICROS;
  }

  private static boolean isKey(AVPacket packet) {
    return (packet.flags() & avcodec.AV_PKT_FLAG_KEY) != 0;
  }

  /// Completes the clip.
  ///
  /// @param target receives its bytes in order, each part valid during the call
  /// @throws UnreadableMediaException NO_FRAMES when nothing was added
  public Clip finish(Consumer<MemorySegment> target) throws UnreadableMediaException {
    if (file == null || lastPts == Long.MIN_VALUE) {
      throw new UnreadableMediaException(Reason.NO_FRAMES, "no frame lies in the requested range");
    }
    file.finish(target);
    return new Clip(zeroMicros, endMicros, codec, end);
  }

  @Override
  public void close() {
    if (file != null) {
      file.close();
      file = null;
    }
    if (parameters != null) {
      avcodec.avcodec_parameters_free(parameters);
      parameters = null;
    }
  }
}
