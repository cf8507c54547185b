package io.chronoscope.decode;

import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;

/// Buffers consecutive frames that state no time until a later frame states one. Bounded in frames
/// and in pixels; owns the frames it holds.
final class UntimedFrames implements AutoCloseable {

  /// Upper bound on buffered frames. ISO/IEC 13818-1 requires a timestamp every 0.7 s.
  private static final int MAX_FRAMES = 64;

  private static final long MAX_PIXELS = 100_000_000;

  private final Deque<AVFrame> frames = new ArrayDeque<>();
  private long pixels;

  /// @param frame moved from
  /// @throws UnreadableMediaException BAD_TIME when the buffer is full
  void add(AVFrame frame) throws UnreadableMediaException {
    pixels += (long) frame.width() * frame.height();
    if (frames.size() >= MAX_FRAMES || pixels > MAX_PIXELS) {
      throw withoutTimes();
    }
    AVFrame buffered = avutil.av_frame_alloc();
    avutil.av_frame_move_ref(buffered, frame);
    frames.add(buffered);
  }

  boolean isEmpty() {
    return frames.isEmpty();
  }

  int size() {
    return frames.size();
  }

  /// Removes the oldest frame.
  ///
  /// @return a frame that the caller frees
  AVFrame remove() {
    AVFrame oldest = frames.remove();
    if (frames.isEmpty()) {
      pixels = 0;
    }
    return oldest;
  }

  UnreadableMediaException withoutTimes() {
    return new UnreadableMediaException(
        Reason.BAD_TIME,
        "%d consecutive frames state no time, and the codec states no frame rate"
            .formatted(frames.size()));
  }

  @Override
  public void close() {
    frames.forEach(avutil::av_frame_free);
    frames.clear();
  }
}
