package io.chronoscope.decode;

import java.util.Optional;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;

/// Brings decoded frames from a device's memory into this process's. Not thread-safe.
final class DeviceFrames implements AutoCloseable {

  private final AVFrame copy = avutil.av_frame_alloc();

  /// @return the frame itself if it is in memory already, else a copy with its properties, valid
  ///   until the next call; empty when the device does not hand it out
  Optional<AVFrame> inMemory(AVFrame frame) {
    if (frame.hw_frames_ctx() == null || frame.hw_frames_ctx().isNull()) {
      return Optional.of(frame);
    }
    avutil.av_frame_unref(copy);
    boolean copied =
        avutil.av_hwframe_transfer_data(copy, frame, 0) >= 0
            && avutil.av_frame_copy_props(copy, frame) >= 0;
    return copied ? Optional.of(copy) : Optional.empty();
  }

  @Override
  public void close() {
    avutil.av_frame_free(copy);
  }
}
