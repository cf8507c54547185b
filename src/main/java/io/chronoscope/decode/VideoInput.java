package io.chronoscope.decode;

import io.chronoscope.domain.Rejection.Reason;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/// An opened segment or file and the one video stream that is read from it.
///
/// **Time zero.** MP4: presentation time zero of the movie, with edit lists applied; for fragments
/// cut out of a longer presentation, the decode time of the first one. MPEG-TS and Matroska: the
/// earliest presentation time of any stream.
final class VideoInput implements AutoCloseable {

  private static final Logger LOG = System.getLogger(VideoInput.class.getName());

  private final ContainerFormat container;
  private final MemorySegment bytes;
  private final MemoryInput source;
  private final AVFormatContext context;
  private final AVStream stream;
  private final long zeroMicros;

  private VideoInput(
      ContainerFormat container,
      MemorySegment bytes,
      MemoryInput source,
      AVFormatContext context,
      AVStream stream,
      long zeroMicros) {
    this.container = container;
    this.bytes = bytes;
    this.source = source;
    this.context = context;
    this.stream = stream;
    this.zeroMicros = zeroMicros;
  }

  /// Opens the input, checks it against `limits` and selects its video stream.
  ///
  /// @param bytes must stay valid until this input is closed
  /// @throws UnreadableMediaException when the container, the codec or a limit forbids decoding
  static VideoInput open(MemorySegment bytes, DecodeLimits limits) throws UnreadableMediaException {
    Ffmpeg.load();
    ContainerFormat container = ContainerFormat.sniff(bytes);
    ContainerFormat.Structure structure = container.checkComplete(bytes, limits);
    long trailing = bytes.byteSize() - structure.mediaBytes();
    if (trailing > 0) {
      LOG.log(Level.DEBUG, "{0} trailing bytes are no box and are left out", trailing);
    }
    MemoryInput source = new MemoryInput(bytes.asSlice(0, structure.mediaBytes()));
    @Nullable AVFormatContext context = null;
    boolean opened = false;
    try {
      context = Demuxer.open(container, source);
      requirePicturesWithinLimit(context, limits);
      Demuxer.probeStreams(context, limits);
      requirePicturesWithinLimit(context, limits);
      AVStream stream = selectVideo(context);
      requireDurationWithinLimit(context, stream, limits);
      long zero =
          container == ContainerFormat.MP4
              ? structure.fragmentStartMicros()
              : context.start_time() == avutil.AV_NOPTS_VALUE ? 0 : context.start_time();
      VideoInput input = new VideoInput(container, bytes, source, context, stream, zero);
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

  private static void requirePicturesWithinLimit(AVFormatContext context, DecodeLimits limits)
      throws UnreadableMediaException {
    for (int i = 0; i < context.nb_streams(); i++) {
      AVCodecParameters codec = context.streams(i).codecpar();
      if (codec.codec_type() == avutil.AVMEDIA_TYPE_VIDEO) {
        requirePictureWithinLimit(codec.width(), codec.height(), limits);
      }
    }
  }

  static void requirePictureWithinLimit(int width, int height, DecodeLimits limits)
      throws UnreadableMediaException {
    if ((long) width * height > limits.maxPixels()) {
      throw new UnreadableMediaException(
          Reason.PICTURE_TOO_LARGE,
          "%dx%d is %d pixels, the limit is %d"
              .formatted(width, height, (long) width * height, limits.maxPixels()));
    }
  }

  private static AVStream selectVideo(AVFormatContext context) throws UnreadableMediaException {
    List<String> others = new ArrayList<>();
    @Nullable AVStream selected = null;
    for (int i = 0; i < context.nb_streams(); i++) {
      AVStream stream = context.streams(i);
      boolean cover = (stream.disposition() & avformat.AV_DISPOSITION_ATTACHED_PIC) != 0;
      if (stream.codecpar().codec_type() == avutil.AVMEDIA_TYPE_VIDEO
          && !cover
          && selected == null) {
        selected = stream;
      } else {
        others.add(VideoCodec.describe(stream.codecpar()));
        stream.discard(avcodec.AVDISCARD_ALL);
      }
    }
    if (selected == null) {
      throw new UnreadableMediaException(
          Reason.NO_VIDEO,
          others.isEmpty()
              ? "it has no streams"
              : "none of its %d stream(s) is video: %s".formatted(others.size(), others));
    }
    var unused = VideoCodec.of(selected.codecpar());
    return selected;
  }

  private static void requireDurationWithinLimit(
      AVFormatContext context, AVStream stream, DecodeLimits limits)
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
          "it declares a duration of %.1f s, the limit is %.1f s"
              .formatted(micros / 1e6, limit / 1e6));
    }
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

  /// The codec's name for people.
  String codecName() {
    return VideoCodec.describe(stream.codecpar());
  }

  /// FFmpeg's `AVCodecID` of the packet that was read last; a transport stream may change it.
  int codecId() {
    return stream.codecpar().codec_id();
  }

  /// Makes a transport stream's packets carry only the timestamps that it states. By default FFmpeg
  /// fills in missing ones from a frame rate that it derives from those present: where only every
  /// fifth packet has one, it assumes a fifth of the true rate.
  void disableTimestampGeneration() throws UnreadableMediaException {
    if (container != ContainerFormat.MPEG_TS) {
      return;
    }
    // The packets that were buffered while probing already have generated timestamps: read them
    // again.
    int result = avformat.av_seek_frame(context, -1, 0, avformat.AVSEEK_FLAG_BYTE);
    if (result < 0) {
      throw new UnreadableMediaException(
          Reason.CORRUPT, "it cannot be rewound to its beginning: " + Ffmpeg.describe(result));
    }
    context.flags(context.flags() | AVFormatContext.AVFMT_FLAG_NOFILLIN);
  }

  /// Converts a timestamp of the video stream to microseconds from the segment's time zero.
  long micros(long ticks) {
    return Ffmpeg.micros(ticks, stream.time_base()) - zeroMicros;
  }

  /// Number of samples that an MP4's index lists for the video so far; 0 for other containers.
  long indexedPackets() {
    return container == ContainerFormat.MP4 ? avformat.avformat_index_get_entries_count(stream) : 0;
  }

  /// What the transport stream says is missing of the video; nothing in other containers.
  TransportLosses transportLosses() {
    if (container != ContainerFormat.MPEG_TS) {
      return TransportLosses.NONE;
    }
    int stride = ContainerFormat.transportPacketBytes(bytes);
    return TransportLosses.find(bytes, stride == 192 ? 4 : 0, stride, stream.id());
  }

  /// When the video ends by what its container declares, in microseconds from the segment's time
  /// zero; 0 when it declares nothing about this stream alone.
  long declaredEndMicros() {
    return switch (container) {
      case MP4 ->
          stream.duration() == avutil.AV_NOPTS_VALUE || stream.duration() <= 0
              ? 0
              : micros(
                  stream.duration()
                      + (stream.start_time() == avutil.AV_NOPTS_VALUE ? 0 : stream.start_time()));
      case MATROSKA -> {
        boolean stated =
            context.duration_estimation_method() == avformat.AVFMT_DURATION_FROM_STREAM
                && context.nb_streams() == 1
                && context.duration() != avutil.AV_NOPTS_VALUE;
        yield stated ? context.duration() : 0;
      }
      case MPEG_TS -> 0;
    };
  }

  /// The codec's parameters from the container; empty when it has none.
  ByteBuffer extradata() {
    int size = stream.codecpar().extradata_size();
    return size == 0
        ? ByteBuffer.allocate(0)
        : stream.codecpar().extradata().capacity(size).asByteBuffer();
  }

  /// Reads the video's next packet and skips those of other streams.
  ///
  /// @return 0, or FFmpeg's error code (`AVERROR_EOF` at the end)
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
