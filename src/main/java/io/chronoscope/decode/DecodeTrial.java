package io.chronoscope.decode;

import io.chronoscope.domain.UnreadableMediaException;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/// Finds out by decoding whether a decoder can begin at a packet.
final class DecodeTrial implements AutoCloseable {

  private final AVCodecContext decoder;
  private final AVFrame frame = avutil.av_frame_alloc();
  private final long firstTicks;
  private int fed;
  private int frames;
  private boolean failed;

  /// Starts a new decoder, with what the container states in front of all packets.
  DecodeTrial(VideoInput input, AVPacket first) throws UnreadableMediaException {
    this.decoder =
        new DecoderFactory(DecodeLimits.PICTURE_SIZE_ONLY, DecoderOptions.EXACT)
            .open(input.stream());
    this.firstTicks = first.pts();
    feed(first);
  }

  /// Feeds the next packet that is presented at or after the first one.
  void feed(AVPacket packet) {
    fed++;
    send(packet);
  }

  private void send(@Nullable AVPacket packet) {
    if (failed) {
      return;
    }
    failed = avcodec.avcodec_send_packet(decoder, packet) < 0;
    int result = avcodec.avcodec_receive_frame(decoder, frame);
    while (result >= 0) {
      failed |= Ffmpeg.isDamaged(frame) || (frames == 0 && frame.pts() != firstTicks);
      frames++;
      avutil.av_frame_unref(frame);
      result = avcodec.avcodec_receive_frame(decoder, frame);
    }
    failed |= result != avutil.AVERROR_EAGAIN() && result != avutil.AVERROR_EOF;
  }

  /// Whether the frames of all packets appeared without damage, the first one's first. Two fields
  /// make one frame.
  boolean succeeds() {
    send(null);
    return !failed && frames > 0 && 2 * frames >= fed;
  }

  @Override
  public void close() {
    avutil.av_frame_free(frame);
    avcodec.avcodec_free_context(decoder);
  }
}
