package io.chronoscope.decode;

import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;

/// Writes a short clip in other containers and codecs, in memory, for benchmarks.
///
/// @param media a clip of [VideoCodec#H264] or another codec with 8 bits and 4:2:0
public record ClipVariants(ByteBuffer media) {

  private static final int BITS_PER_SECOND = 400_000;

  /// @param muxer FFmpeg's name
  /// @param movFlags FFmpeg's `movflags`; empty for none
  public record Container(String muxer, String movFlags) {}

  /// @param encoder FFmpeg's name
  /// @param keyFrameInterval in frames
  /// @param bFrames between two others
  /// @param options of the encoder
  public record Encoding(
      String encoder, int keyFrameInterval, int bFrames, Map<String, String> options) {}

  /// Copies the packets.
  ///
  /// @throws UnreadableMediaException when the clip cannot be read
  public byte[] in(Container container) throws UnreadableMediaException {
    try (VideoInput input = VideoInput.open(MemorySegment.ofBuffer(media), DecodeLimits.DEFAULTS);
        MemoryOutput output = new MemoryOutput(container.muxer())) {
      AVStream stream = SegmentMuxer.streamLike(input.stream(), output.context());
      output.begin(container.movFlags());
      AVPacket packet = avcodec.av_packet_alloc();
      try {
        while (input.read(packet) >= 0) {
          avcodec.av_packet_rescale_ts(packet, input.timeBase(), stream.time_base());
          write(packet, output);
          avcodec.av_packet_unref(packet);
        }
      } finally {
        avcodec.av_packet_free(packet);
      }
      return output.finish();
    }
  }

  /// Decodes and encodes the frames.
  ///
  /// @throws UnreadableMediaException when the clip cannot be decoded
  public byte[] in(Container container, Encoding encoding) throws UnreadableMediaException {
    List<AVFrame> frames = new ArrayList<>();
    try (VideoInput input = VideoInput.open(MemorySegment.ofBuffer(media), DecodeLimits.DEFAULTS)) {
      requireFrames(decode(input, frames::add));
      return encode(frames, input.stream().avg_frame_rate(), container, encoding);
    } finally {
      frames.forEach(avutil::av_frame_free);
    }
  }

  /// Encodes a clip of the same length in which nothing changes: its first frame in place of every
  /// frame.
  ///
  /// @throws UnreadableMediaException when the clip cannot be decoded
  public byte[] still(Container container, Encoding encoding) throws UnreadableMediaException {
    List<AVFrame> first = new ArrayList<>();
    try (VideoInput input = VideoInput.open(MemorySegment.ofBuffer(media), DecodeLimits.DEFAULTS)) {
      int frames =
          decode(
              input,
              frame -> {
                if (first.isEmpty()) {
                  first.add(frame);
                } else {
                  avutil.av_frame_free(frame);
                }
              });
      requireFrames(frames);
      return encode(
          Collections.nCopies(frames, first.getFirst()),
          input.stream().avg_frame_rate(),
          container,
          encoding);
    } finally {
      first.forEach(avutil::av_frame_free);
    }
  }

  private static void requireFrames(int frames) throws UnreadableMediaException {
    if (frames == 0) {
      throw new UnreadableMediaException(Reason.NO_FRAMES, "the clip has no frames");
    }
  }

  /// @param sink owns the frames
  /// @return number of frames
  private static int decode(VideoInput input, Consumer<AVFrame> sink)
      throws UnreadableMediaException {
    int frames = 0;
    AVCodecContext decoder =
        new DecoderFactory(DecodeLimits.DEFAULTS, DecoderOptions.EXACT).open(input.stream());
    AVPacket packet = avcodec.av_packet_alloc();
    try {
      boolean more = true;
      while (more) {
        more = input.read(packet) >= 0;
        avcodec.avcodec_send_packet(decoder, more ? packet : null);
        avcodec.av_packet_unref(packet);
        AVFrame frame = avutil.av_frame_alloc();
        while (avcodec.avcodec_receive_frame(decoder, frame) >= 0) {
          frames++;
          sink.accept(frame);
          frame = avutil.av_frame_alloc();
        }
        avutil.av_frame_free(frame);
      }
    } finally {
      avcodec.av_packet_free(packet);
      avcodec.avcodec_free_context(decoder);
    }
    return frames;
  }

  private static byte[] encode(
      List<AVFrame> frames, AVRational rate, Container container, Encoding encoding) {
    AVCodec codec = avcodec.avcodec_find_encoder_by_name(encoding.encoder());
    AVCodecContext encoder = avcodec.avcodec_alloc_context3(codec);
    AVPacket packet = avcodec.av_packet_alloc();
    AVDictionary options = new AVDictionary(null);
    try (MemoryOutput output = new MemoryOutput(container.muxer())) {
      encoder.width(frames.getFirst().width());
      encoder.height(frames.getFirst().height());
      boolean jpeg = encoding.encoder().equals("mjpeg");
      encoder.pix_fmt(jpeg ? avutil.AV_PIX_FMT_YUVJ420P : avutil.AV_PIX_FMT_YUV420P);
      // MPEG-2 knows a few rates only; the times of the frames are kept.
      encoder.time_base(new AVRational().num(rate.den()).den(rate.num()));
      encoder.framerate(rate);
      encoder.gop_size(encoding.keyFrameInterval());
      encoder.max_b_frames(encoding.bFrames());
      encoder.bit_rate(BITS_PER_SECOND);
      encoder.thread_count(1);
      encoder.strict_std_compliance(avcodec.FF_COMPLIANCE_UNOFFICIAL);
      if ((output.context().oformat().flags() & avformat.AVFMT_GLOBALHEADER) != 0) {
        encoder.flags(encoder.flags() | avcodec.AV_CODEC_FLAG_GLOBAL_HEADER);
      }
      encoding.options().forEach((key, value) -> Ffmpeg.option(options, key, value));
      Ffmpeg.check(avcodec.avcodec_open2(encoder, codec, options), encoding.encoder());
      AVStream stream = avformat.avformat_new_stream(output.context(), null);
      Ffmpeg.check(
          avcodec.avcodec_parameters_from_context(stream.codecpar(), encoder), "codec parameters");
      stream.time_base(encoder.time_base());
      stream.avg_frame_rate(rate);
      output.begin(container.movFlags());
      for (int i = 0; i <= frames.size(); i++) {
        AVFrame frame = i < frames.size() ? frames.get(i) : null;
        if (frame != null) {
          frame.pts(i);
          frame.duration(1);
          frame.pict_type(avutil.AV_PICTURE_TYPE_NONE);
          frame.format(encoder.pix_fmt());
        }
        Ffmpeg.check(avcodec.avcodec_send_frame(encoder, frame), "encoding");
        while (avcodec.avcodec_receive_packet(encoder, packet) >= 0) {
          packet.duration(Math.max(1, packet.duration()));
          avcodec.av_packet_rescale_ts(packet, encoder.time_base(), stream.time_base());
          write(packet, output);
        }
      }
      return output.finish();
    } finally {
      avutil.av_dict_free(options);
      avcodec.av_packet_free(packet);
      avcodec.avcodec_free_context(encoder);
    }
  }

  private static void write(AVPacket packet, MemoryOutput output) {
    packet.stream_index(0);
    packet.pos(-1);
    Ffmpeg.check(avformat.av_interleaved_write_frame(output.context(), packet), "a packet");
  }
}
