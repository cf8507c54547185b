package io.chronoscope.testing;

import io.chronoscope.decode.Ffmpeg;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;
import java.util.function.LongPredicate;
import java.util.function.UnaryOperator;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/// Encodes small videos in memory with FFmpeg: a bright square that moves to the right over a dark
/// gradient, with or without a silent audio track.
///
/// ```java
/// byte[] media = TestMedia.video().size(96, 64).fps(25).frames(50).codec("libopenh264").bytes();
/// ```
public final class TestMedia {

  private int width = 96;
  private int height = 64;
  private int fpsNum = 25;
  private int fpsDen = 1;
  private int frames = 25;
  private int group = 12;
  private int bFrames;
  private boolean openGroups;
  private String codec = "mpeg4";
  private String container = "mp4";
  private boolean video = true;
  private boolean sound;
  private int quarterTurns;
  private int pixelAspectNum = 1;
  private int pixelAspectDen = 1;
  private long firstTick;
  private IntToLongFunction ticks = frame -> frame;
  private LongPredicate lit = tick -> false;
  private int declaredWidth;
  private int declaredHeight;
  private UnaryOperator<byte[]> packets = packet -> packet;
  private final Map<String, String> encoderOptions = new HashMap<>();
  private final Map<String, String> muxerOptions = new HashMap<>();

  private TestMedia() {}

  public static TestMedia video() {
    return new TestMedia();
  }

  /// H.264 at 25 fps with a key frame each second, as a camera sends it.
  public static TestMedia h264(String container, int frames) {
    return video().codec("libopenh264").container(container).fps(25).frames(frames).group(25);
  }

  public TestMedia size(int widthPx, int heightPx) {
    width = widthPx;
    height = heightPx;
    return this;
  }

  public TestMedia fps(int fps) {
    return fps(fps, 1);
  }

  public TestMedia fps(int numerator, int denominator) {
    fpsNum = numerator;
    fpsDen = denominator;
    return this;
  }

  public TestMedia frames(int count) {
    frames = count;
    return this;
  }

  /// Frames from one key frame to the next.
  public TestMedia group(int size) {
    group = size;
    return this;
  }

  public TestMedia bFrames(int between) {
    bFrames = between;
    return this;
  }

  public TestMedia openGroups() {
    openGroups = true;
    return this;
  }

  /// An FFmpeg encoder's name: mpeg4, mpeg2video, mjpeg, libopenh264, libvpx, libvpx-vp9,
  /// libaom-av1, or one that the decoder does not support, such as ffv1.
  public TestMedia codec(String encoder) {
    codec = encoder;
    return this;
  }

  /// An FFmpeg muxer's name: mp4, mov, matroska, webm, mpegts, avi, …
  public TestMedia container(String muxer) {
    container = muxer;
    return this;
  }

  /// Writes the index before the samples.
  public TestMedia indexFirst() {
    return muxer("moov_size", "20000");
  }

  public TestMedia fragmented() {
    return muxer("movflags", "frag_keyframe+delay_moov+default_base_moof");
  }

  public TestMedia muxer(String option, String value) {
    muxerOptions.put(option, value);
    return this;
  }

  public TestMedia encoder(String option, String value) {
    encoderOptions.put(option, value);
    return this;
  }

  public TestMedia withSound() {
    sound = true;
    return this;
  }

  public TestMedia onlySound() {
    sound = true;
    video = false;
    return this;
  }

  /// Declares that the picture is rotated clockwise by a number of quarter turns.
  public TestMedia turned(int quarters) {
    quarterTurns = quarters;
    return this;
  }

  /// Width by height of a pixel.
  public TestMedia pixelAspect(int numerator, int denominator) {
    pixelAspectNum = numerator;
    pixelAspectDen = denominator;
    return this;
  }

  /// The first frame's time, in frames.
  public TestMedia startingAt(long frame) {
    firstTick = frame;
    return this;
  }

  /// Each frame's time, in frames at [#fps] from [#startingAt]; ascending.
  public TestMedia times(IntToLongFunction ofFrame) {
    ticks = ofFrame;
    return this;
  }

  /// The frames whose upper half is white, by their time in frames.
  public TestMedia lit(LongPredicate ofTick) {
    lit = ofTick;
    return this;
  }

  /// The size that the container declares, whatever the frames' size.
  public TestMedia declaring(int widthPx, int heightPx) {
    declaredWidth = widthPx;
    declaredHeight = heightPx;
    return this;
  }

  /// Changes the encoded packets, in decoding order.
  public TestMedia packets(UnaryOperator<byte[]> change) {
    packets = change;
    return this;
  }

  public ByteBuffer buffer() {
    return ByteBuffer.wrap(bytes()).asReadOnlyBuffer();
  }

  public byte[] bytes() {
    Ffmpeg.load();
    AVFormatContext output = new AVFormatContext(null);
    AVIOContext io = new AVIOContext(null);
    AVDictionary options = dictionary(muxerOptions);
    List<AVCodecContext> encoders = new ArrayList<>();
    try {
      check(avformat.avformat_alloc_output_context2(output, null, container, null));
      check(avformat.avio_open_dyn_buf(io));
      output.pb(io);
      if (video) {
        encoders.add(videoEncoder(output));
      }
      if (sound) {
        encoders.add(soundEncoder(output));
      }
      check(avformat.avformat_write_header(output, options));
      for (int i = 0; i < encoders.size(); i++) {
        boolean picture = video && i == 0;
        encode(encoders.get(i), output, i, picture);
      }
      check(avformat.av_write_trailer(output));
      try (BytePointer written = new BytePointer()) {
        byte[] bytes = new byte[avformat.avio_get_dyn_buf(io, written)];
        written.get(bytes);
        return bytes;
      }
    } finally {
      encoders.forEach(avcodec::avcodec_free_context);
      avutil.av_dict_free(options);
      try (BytePointer rest = new BytePointer()) {
        avformat.avio_close_dyn_buf(io, rest);
        avutil.av_free(rest);
      }
      avformat.avformat_free_context(output);
    }
  }

  private AVCodecContext videoEncoder(AVFormatContext output) {
    AVCodec encoder = avcodec.avcodec_find_encoder_by_name(codec);
    AVCodecContext context = avcodec.avcodec_alloc_context3(encoder);
    context.width(width);
    context.height(height);
    context.pix_fmt(codec.equals("mjpeg") ? avutil.AV_PIX_FMT_YUVJ420P : avutil.AV_PIX_FMT_YUV420P);
    context.time_base(rational(fpsDen, fpsNum));
    context.framerate(rational(fpsNum, fpsDen));
    context.sample_aspect_ratio(rational(pixelAspectNum, pixelAspectDen));
    context.gop_size(group);
    context.max_b_frames(bFrames);
    context.bit_rate(400_000);
    context.thread_count(1);
    Map<String, String> chosen = new HashMap<>(encoderOptions);
    if (!openGroups && (codec.equals("mpeg4") || codec.equals("mpeg2video"))) {
      context.flags(context.flags() | avcodec.AV_CODEC_FLAG_CLOSED_GOP);
      chosen.put("sc_threshold", "1000000000"); // otherwise these encoders reject closed groups
    }
    if (codec.startsWith("libvpx") || codec.equals("libaom-av1")) {
      chosen.putIfAbsent("cpu-used", "8");
      chosen.putIfAbsent("lag-in-frames", "0");
      if (!codec.equals("libaom-av1")) {
        chosen.putIfAbsent("deadline", "realtime");
      } else {
        chosen.putIfAbsent("usage", "realtime");
      }
    }
    AVDictionary options = dictionary(chosen);
    AVStream stream = open(context, encoder, options, output);
    if (declaredWidth > 0) {
      stream.codecpar().width(declaredWidth);
      stream.codecpar().height(declaredHeight);
    }
    if (quarterTurns != 0) {
      turn(stream);
    }
    return context;
  }

  private void turn(AVStream stream) {
    try (PointerPointer<AVPacketSideData> list = new PointerPointer<>(1);
        IntPointer count = new IntPointer(1)) {
      list.put(0, (Pointer) null);
      count.put(0);
      AVPacketSideData data =
          avcodec.av_packet_side_data_new(list, count, avcodec.AV_PKT_DATA_DISPLAYMATRIX, 36, 0);
      avutil.av_display_rotation_set(new IntPointer(data.data()), 90.0 * quarterTurns);
      stream.codecpar().coded_side_data(data);
      stream.codecpar().nb_coded_side_data(count.get());
    }
  }

  private static AVCodecContext soundEncoder(AVFormatContext output) {
    AVCodec encoder = avcodec.avcodec_find_encoder_by_name("aac");
    AVCodecContext context = avcodec.avcodec_alloc_context3(encoder);
    context.sample_rate(16_000);
    context.sample_fmt(avutil.AV_SAMPLE_FMT_FLTP);
    avutil.av_channel_layout_default(context.ch_layout(), 1);
    context.time_base(rational(1, 16_000));
    open(context, encoder, new AVDictionary(null), output);
    return context;
  }

  private static AVStream open(
      AVCodecContext context, AVCodec encoder, AVDictionary options, AVFormatContext output) {
    if ((output.oformat().flags() & avformat.AVFMT_GLOBALHEADER) != 0) {
      context.flags(context.flags() | avcodec.AV_CODEC_FLAG_GLOBAL_HEADER);
    }
    check(avcodec.avcodec_open2(context, encoder, options));
    avutil.av_dict_free(options);
    AVStream stream = avformat.avformat_new_stream(output, null);
    check(avcodec.avcodec_parameters_from_context(stream.codecpar(), context));
    stream.time_base(context.time_base());
    stream.sample_aspect_ratio(context.sample_aspect_ratio());
    return stream;
  }

  private void encode(AVCodecContext encoder, AVFormatContext output, int stream, boolean picture) {
    AVFrame frame = avutil.av_frame_alloc();
    AVPacket packet = avcodec.av_packet_alloc();
    try {
      if (picture) {
        frame.format(encoder.pix_fmt());
        frame.width(width);
        frame.height(height);
      } else {
        frame.format(encoder.sample_fmt());
        frame.nb_samples(encoder.frame_size());
        frame.sample_rate(encoder.sample_rate());
        check(avutil.av_channel_layout_copy(frame.ch_layout(), encoder.ch_layout()));
      }
      check(avutil.av_frame_get_buffer(frame, 0));
      long count =
          picture ? frames : Math.max(1, 16_000L * frames * fpsDen / fpsNum / encoder.frame_size());
      for (int i = 0; i < count; i++) {
        check(avutil.av_frame_make_writable(frame));
        if (picture) {
          long tick = firstTick + ticks.applyAsLong(i);
          paint(frame, i, lit.test(tick));
          frame.pts(tick);
        } else {
          frame.data(0).limit(4L * encoder.frame_size()).fill(0);
          frame.pts((long) i * encoder.frame_size());
        }
        check(avcodec.avcodec_send_frame(encoder, frame));
        drain(encoder, output, stream, packet, picture);
      }
      check(avcodec.avcodec_send_frame(encoder, null));
      drain(encoder, output, stream, packet, picture);
    } finally {
      avutil.av_frame_free(frame);
      avcodec.av_packet_free(packet);
    }
  }

  private void drain(
      AVCodecContext encoder,
      AVFormatContext output,
      int stream,
      AVPacket packet,
      boolean picture) {
    while (avcodec.avcodec_receive_packet(encoder, packet) >= 0) {
      packet.stream_index(stream);
      if (picture && packet.duration() == 0) {
        packet.duration(1);
      }
      if (picture) {
        byte[] bytes = new byte[packet.size()];
        packet.data().get(bytes);
        packet.data().put(packets.apply(bytes));
      }
      avcodec.av_packet_rescale_ts(packet, encoder.time_base(), output.streams(stream).time_base());
      check(avformat.av_interleaved_write_frame(output, packet));
    }
  }

  /// Brightness 60 to 100 from left to right, with a square of 220 and a quarter of the height that
  /// moves by two pixels per frame.
  private void paint(AVFrame frame, int index, boolean upperHalf) {
    int side = Math.max(2, height / 4);
    int left = 2 * index % Math.max(1, width - side);
    byte[] row = new byte[width];
    for (int y = 0; y < height; y++) {
      boolean inside = y >= side && y < 2 * side;
      for (int x = 0; x < width; x++) {
        row[x] =
            (byte)
                (upperHalf && y < height / 2
                    ? 235
                    : inside && x >= left && x < left + side ? 220 : 60 + 40 * x / width);
      }
      frame.data(0).position((long) y * frame.linesize(0)).put(row);
      frame.data(0).position(0);
    }
    int chromaWidth = (width + 1) / 2;
    int chromaHeight = (height + 1) / 2;
    byte[] grey = new byte[chromaWidth];
    java.util.Arrays.fill(grey, (byte) 128);
    for (int plane = 1; plane <= 2; plane++) {
      BytePointer data = frame.data(plane);
      for (int y = 0; y < chromaHeight; y++) {
        data.position((long) y * frame.linesize(plane)).put(grey);
      }
      data.position(0);
    }
  }

  private static AVDictionary dictionary(Map<String, String> entries) {
    AVDictionary dictionary = new AVDictionary(null);
    entries.forEach((key, value) -> Ffmpeg.option(dictionary, key, value));
    return dictionary;
  }

  private static AVRational rational(int numerator, int denominator) {
    return new AVRational().num(numerator).den(denominator);
  }

  private static void check(int result) {
    Ffmpeg.check(result, "making test media");
  }
}
