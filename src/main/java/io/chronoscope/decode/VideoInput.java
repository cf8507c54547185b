package io.chronoscope.decode;

import io.chronoscope.domain.Rejection.Reason;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;

/// An opened segment or file with the one video stream that is read from it.
///
/// **Time zero.** MP4: presentation time zero of the movie (edit lists applied); of fragments that
/// were taken out of a longer presentation the decode time of the first one. MPEG-TS and Matroska:
/// the earliest presentation time of any stream in it.
final class VideoInput implements AutoCloseable {

  /// The codecs that are read, and FFmpeg's decoder for each.
  private static final Map<Integer, String> DECODERS =
      Map.of(
          avcodec.AV_CODEC_ID_H264, "h264",
          avcodec.AV_CODEC_ID_HEVC, "hevc",
          avcodec.AV_CODEC_ID_VP8, "vp8",
          avcodec.AV_CODEC_ID_VP9, "vp9",
          avcodec.AV_CODEC_ID_AV1, "libaom-av1",
          avcodec.AV_CODEC_ID_MPEG4, "mpeg4",
          avcodec.AV_CODEC_ID_MPEG2VIDEO, "mpeg2video",
          avcodec.AV_CODEC_ID_MJPEG, "mjpeg");

  private final ContainerFormat container;
  private final MemoryInput source;
  private final AVFormatContext context;
  private final AVStream stream;
  private final long zeroMicros;

  private VideoInput(
      ContainerFormat container,
      MemoryInput source,
      AVFormatContext context,
      AVStream stream,
      long zeroMicros) {
    this.container = container;
    this.source = source;
    this.context = context;
    this.stream = stream;
    this.zeroMicros = zeroMicros;
  }

  /// @param bytes must stay valid until this input is closed
  static VideoInput open(MemorySegment bytes, DecodeLimits limits) throws UnreadableMediaException {
    Ffmpeg.load();
    ContainerFormat container = ContainerFormat.sniff(bytes);
    long fragmentsBegin = container.checkComplete(bytes);
    MemoryInput source = new MemoryInput(bytes);
    @Nullable AVFormatContext context = null;
    boolean opened = false;
    try {
      context = openFormat(container, source);
      requireSmallPictures(context, limits);
      findStreamInfo(context, limits);
      requireSmallPictures(context, limits);
      AVStream stream = chooseVideo(context);
      requireShort(context, stream, limits);
      long zero =
          container == ContainerFormat.MP4
              ? fragmentsBegin
              : context.start_time() == avutil.AV_NOPTS_VALUE ? 0 : context.start_time();
      VideoInput input = new VideoInput(container, source, context, stream, zero);
      opened = true;
      return input;
    } finally {
      if (!opened) {
        if (context != null) {
          avformat.avformat_close_input(context);
        }
        source.close();
      }
    }
  }

  private static AVFormatContext openFormat(ContainerFormat container, MemoryInput source)
      throws UnreadableMediaException {
    AVFormatContext context = avformat.avformat_alloc_context();
    context.pb(source.context());
    AVDictionary options = new AVDictionary(null);
    try {
      Ffmpeg.option(options, "format_whitelist", formatNames(container));
      Ffmpeg.option(options, "codec_whitelist", String.join(",", DECODERS.values()));
      Ffmpeg.option(options, "protocol_whitelist", "none");
      Ffmpeg.option(options, "max_streams", "64");
      AVInputFormat format = avformat.av_find_input_format(container.demuxer());
      // on failure the library frees the context
      int result = avformat.avformat_open_input(context, "", format, options);
      if (result < 0) {
        throw new UnreadableMediaException(
            Reason.CORRUPT,
            "the %s headers cannot be read: %s"
                .formatted(container.displayName(), Ffmpeg.describe(result)));
      }
      return context;
    } finally {
      avutil.av_dict_free(options);
    }
  }

  private static String formatNames(ContainerFormat container) {
    AVInputFormat format = avformat.av_find_input_format(container.demuxer());
    return format.name().getString();
  }

  /// Reads on until the streams are known; the decoders that this takes have the same limits.
  private static void findStreamInfo(AVFormatContext context, DecodeLimits limits)
      throws UnreadableMediaException {
    int streams = context.nb_streams();
    List<AVDictionary> each = new ArrayList<>();
    try (PointerPointer<AVDictionary> options = new PointerPointer<>(Math.max(1, streams))) {
      for (int i = 0; i < streams; i++) {
        AVDictionary dictionary = new AVDictionary(null);
        Ffmpeg.option(dictionary, "max_pixels", Long.toString(limits.maxPixels()));
        each.add(dictionary);
        options.put(i, dictionary);
      }
      int result = avformat.avformat_find_stream_info(context, options);
      for (int i = 0; i < streams; i++) {
        // the library replaces a dictionary whose entries it has used
        each.set(i, new AVDictionary(options.get(i)));
      }
      if (result < 0) {
        throw new UnreadableMediaException(
            Reason.CORRUPT, "the streams cannot be told apart: " + Ffmpeg.describe(result));
      }
    } finally {
      each.forEach(avutil::av_dict_free);
    }
  }

  private static void requireSmallPictures(AVFormatContext context, DecodeLimits limits)
      throws UnreadableMediaException {
    for (int i = 0; i < context.nb_streams(); i++) {
      AVCodecParameters codec = context.streams(i).codecpar();
      if (codec.codec_type() == avutil.AVMEDIA_TYPE_VIDEO) {
        requireSmallPicture(codec.width(), codec.height(), limits);
      }
    }
  }

  static void requireSmallPicture(int width, int height, DecodeLimits limits)
      throws UnreadableMediaException {
    if ((long) width * height > limits.maxPixels()) {
      throw new UnreadableMediaException(
          Reason.PICTURE_TOO_LARGE,
          "%dx%d is %d pixels, the limit is %d"
              .formatted(width, height, (long) width * height, limits.maxPixels()));
    }
  }

  private static AVStream chooseVideo(AVFormatContext context) throws UnreadableMediaException {
    List<String> others = new ArrayList<>();
    @Nullable AVStream chosen = null;
    for (int i = 0; i < context.nb_streams(); i++) {
      AVStream stream = context.streams(i);
      boolean cover = (stream.disposition() & avformat.AV_DISPOSITION_ATTACHED_PIC) != 0;
      if (stream.codecpar().codec_type() == avutil.AVMEDIA_TYPE_VIDEO && !cover && chosen == null) {
        chosen = stream;
      } else {
        others.add(describe(stream.codecpar()));
        stream.discard(avcodec.AVDISCARD_ALL);
      }
    }
    if (chosen == null) {
      throw new UnreadableMediaException(
          Reason.NO_VIDEO,
          others.isEmpty()
              ? "no streams in it"
              : "no video among %d stream(s): %s".formatted(others.size(), others));
    }
    var unused = decoderName(chosen.codecpar());
    return chosen;
  }

  private static List<String> codecNames() {
    return DECODERS.keySet().stream()
        .map(id -> avcodec.avcodec_get_name(id).getString())
        .sorted()
        .toList();
  }

  private static void requireShort(AVFormatContext context, AVStream stream, DecodeLimits limits)
      throws UnreadableMediaException {
    long micros = avutil.AV_NOPTS_VALUE;
    if (stream.duration() != avutil.AV_NOPTS_VALUE) {
      micros = Ffmpeg.micros(stream.duration(), stream.time_base());
    } else if (context.duration_estimation_method() != avformat.AVFMT_DURATION_FROM_BITRATE) {
      micros = context.duration();
    }
    long limit = limits.maxDuration().toNanos() / 1000;
    if (micros != avutil.AV_NOPTS_VALUE && micros > limit) {
      throw new UnreadableMediaException(
          Reason.TOO_LONG,
          "it declares %.1f s, the limit is %.1f s".formatted(micros / 1e6, limit / 1e6));
    }
  }

  private static String describe(AVCodecParameters codec) {
    if (codec.codec_id() == avcodec.AV_CODEC_ID_NONE) {
      try (BytePointer text = new BytePointer(32)) {
        return "unknown codec "
            + avutil.av_fourcc_make_string(text.zero(), codec.codec_tag()).getString();
      }
    }
    return avcodec.avcodec_get_name(codec.codec_id()).getString();
  }

  ContainerFormat container() {
    return container;
  }

  AVStream stream() {
    return stream;
  }

  AVRational timeBase() {
    return stream.time_base();
  }

  String codecName() {
    return avcodec.avcodec_get_name(stream.codecpar().codec_id()).getString();
  }

  /// Of the packet that was read last; a transport stream may change it.
  int codecId() {
    return stream.codecpar().codec_id();
  }

  AVCodec decoder() throws UnreadableMediaException {
    return avcodec.avcodec_find_decoder_by_name(decoderName(stream.codecpar()));
  }

  private static String decoderName(AVCodecParameters codec) throws UnreadableMediaException {
    String name = DECODERS.get(codec.codec_id());
    if (name == null) {
      throw new UnreadableMediaException(
          Reason.UNSUPPORTED_CODEC,
          "the video is %s; %s are read".formatted(describe(codec), codecNames()));
    }
    return name;
  }

  /// From here on packets have the times that a transport stream states, and only those. By itself
  /// the library makes up the others from a frame rate that it takes from the times that are there:
  /// where every fifth packet has one, from a fifth of the rate.
  void onlyStatedTimes() throws UnreadableMediaException {
    if (container != ContainerFormat.MPEG_TS) {
      return;
    }
    // What was read to find out about the streams has such times already, so it is read again.
    int result = avformat.av_seek_frame(context, -1, 0, avformat.AVSEEK_FLAG_BYTE);
    if (result < 0) {
      throw new UnreadableMediaException(
          Reason.CORRUPT, "it cannot be read from its beginning: " + Ffmpeg.describe(result));
    }
    context.flags(context.flags() | AVFormatContext.AVFMT_FLAG_NOFILLIN);
  }

  /// Microseconds from the segment's time zero.
  long micros(long ticks) {
    return Ffmpeg.micros(ticks, stream.time_base()) - zeroMicros;
  }

  /// How many samples an MP4's index lists for the video so far; 0 for other containers.
  long indexedPackets() {
    return container == ContainerFormat.MP4 ? avformat.avformat_index_get_entries_count(stream) : 0;
  }

  /// Reads the video's next packet.
  ///
  /// @return 0, or the library's error code (`AVERROR_EOF` at the end)
  int read(AVPacket packet) {
    int result = avformat.av_read_frame(context, packet);
    while (result >= 0 && packet.stream_index() != stream.index()) {
      avcodec.av_packet_unref(packet);
      result = avformat.av_read_frame(context, packet);
    }
    return Math.min(result, 0);
  }

  @Override
  public void close() {
    avformat.avformat_close_input(context);
    source.close();
  }
}
