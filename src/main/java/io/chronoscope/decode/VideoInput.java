package io.chronoscope.decode;

import io.chronoscope.decode.Demuxer.Probe;
import io.chronoscope.decode.container.ContainerFormat;
import io.chronoscope.decode.container.MatroskaElements;
import io.chronoscope.decode.container.MediaStructure;
import io.chronoscope.decode.container.TransportLosses;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongPredicate;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVProgram;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/// An opened segment or file and the one video stream that is read from it: the one that the
/// container marks as default, or else the largest.
final class VideoInput implements AutoCloseable {

  private static final Logger LOG = System.getLogger(VideoInput.class.getName());

  private final MediaStructure structure;
  private final DecodeLimits limits;
  private final Probe probe;
  private final MemoryInput source;
  private final AVFormatContext context;
  private final VideoSelection selected;
  private final AVStream stream;
  private final long indexedPackets;

  /// Whether something of the packet at a position is missing. Finding that out takes a pass over
  /// all bytes, so it waits until the first packet is read.
  private @Nullable LongPredicate incomplete;

  private VideoInput(
      MediaStructure structure,
      DecodeLimits limits,
      Probe probe,
      MemoryInput source,
      AVFormatContext context,
      VideoSelection selected) {
    this.structure = structure;
    this.limits = limits;
    this.probe = probe;
    this.source = source;
    this.context = context;
    this.selected = selected;
    this.stream = selected.stream();
    this.indexedPackets =
        structure.container() == ContainerFormat.MP4
            ? avformat.avformat_index_get_entries_count(stream)
            : 0;
  }

  /// Opens the input, checks it against `limits` and selects its video stream.
  ///
  /// @param bytes must stay valid until this input is closed
  /// @throws UnreadableMediaException when the container, the codec or a limit forbids decoding
  static VideoInput open(MemorySegment bytes, DecodeLimits limits) throws UnreadableMediaException {
    Ffmpeg.load();
    MediaStructure structure = MediaStructure.of(bytes, limits.maxFrames());
    if (structure.strayBytes() > 0) {
      LOG.log(
          Level.DEBUG,
          "{0} bytes do not belong to the media and are left out",
          structure.strayBytes());
    }
    boolean mayBeginLate =
        switch (structure.container()) {
          case MPEG_TS, MPEG_PS, FLV -> true;
          default -> false;
        };
    try {
      VideoInput input = open(structure, limits, Probe.BEGINNING);
      if (!mayBeginLate || input.isIdentified()) {
        return input;
      }
      input.close();
    } catch (UnreadableMediaException e) {
      if (!mayBeginLate || e.rejection().reason() != Reason.NO_VIDEO) {
        throw e;
      }
    }
    return open(structure, limits, Probe.WHOLE);
  }

  private static VideoInput open(MediaStructure structure, DecodeLimits limits, Probe probe)
      throws UnreadableMediaException {
    MemoryInput source = new MemoryInput(structure.media());
    @Nullable AVFormatContext context = null;
    boolean opened = false;
    try {
      context = Demuxer.open(structure.container(), source, probe);
      InputChecks.requirePictures(context, limits);
      Demuxer.probeStreams(context, limits);
      InputChecks.requirePictures(context, limits);
      VideoSelection selected = VideoSelection.of(context);
      InputChecks.requireNotEncrypted(structure, selected.stream());
      DolbyVision.requireUsualColors(selected.stream().codecpar());
      InputChecks.requireDuration(context, selected.stream(), structure, limits);
      VideoInput input = new VideoInput(structure, limits, probe, source, context, selected);
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

  /// Opens the same input once more, from its beginning. What is known of its damage is kept.
  VideoInput reopen() throws UnreadableMediaException {
    VideoInput again = open(structure, limits, probe);
    again.incomplete = incomplete;
    return again;
  }

  private boolean isIdentified() {
    return stream.codecpar().width() > 0;
  }

  /// Which of several video streams was selected; empty when there is only one.
  Optional<String> selection() {
    return selected.stated();
  }

  ContainerFormat container() {
    return structure.container();
  }

  /// Foreign bytes around the media, and incomplete packets.
  long strayBytes() {
    return structure.strayBytes();
  }

  AVStream stream() {
    return stream;
  }

  /// Width by height of a pixel as the container states it; 0 when it does not.
  AVRational pixelAspect() {
    return stream.sample_aspect_ratio();
  }

  AVRational timeBase() {
    return stream.time_base();
  }

  /// The codec's name for people.
  String codecName() {
    return SupportedCodecs.describe(stream.codecpar());
  }

  /// The codec's parameters from the container, valid as long as this input.
  ByteBuffer extradata() {
    int size = stream.codecpar().extradata_size();
    return size == 0
        ? ByteBuffer.allocate(0)
        : stream.codecpar().extradata().capacity(size).asByteBuffer();
  }

  /// When the video ends by what its container declares, in microseconds from the segment's time
  /// zero; 0 when it declares nothing about this stream alone. An MP4 has an index instead.
  long declaredEndMicros() {
    boolean declared =
        container() == ContainerFormat.MATROSKA
            && context.nb_streams() == 1
            && context.duration() != avutil.AV_NOPTS_VALUE
            && context.duration_estimation_method() == avformat.AVFMT_DURATION_FROM_STREAM;
    long start =
        context.start_time() == avutil.AV_NOPTS_VALUE ? 0 : Math.max(0, context.start_time());
    return declared ? Math.max(0, context.duration() - start) : 0;
  }

  /// FFmpeg's `AVCodecID` of the packet that was read last; a transport stream may change it.
  int codecId() {
    return stream.codecpar().codec_id();
  }

  /// Makes packets carry only the timestamps that the container states. By default FFmpeg fills in
  /// missing ones from a frame rate that it derives from those present: where only every fifth
  /// packet has one, it assumes a fifth of the true rate.
  void disableTimestampGeneration() throws UnreadableMediaException {
    switch (container().clock()) {
      case STATED, STILL -> {
        return;
      }
      case SPARSE, NONE -> {}
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

  /// The timestamp of time zero ([VideoPackets]), in the stream's time base.
  ///
  /// @param firstFrame timestamp of the video's first frame, if it has one
  long zeroTicks(OptionalLong firstFrame) {
    if (container() == ContainerFormat.MP4 && !structure.fragments()) {
      return 0;
    }
    long first = firstFrame.orElse(Long.MAX_VALUE);
    for (int i = 0; i < context.nb_streams(); i++) {
      AVStream other = context.streams(i);
      if (i != stream.index()
          && isSoundOrVideo(other)
          && other.start_time() != avutil.AV_NOPTS_VALUE
          && startsInFragments(other)
          && isOfSameProgram(i)) {
        first =
            Math.min(
                first,
                avutil.av_rescale_q(other.start_time(), other.time_base(), stream.time_base()));
      }
    }
    // Before zero, a fragmented MP4's edit list hides what decoding has to begin with.
    long earliest = structure.fragments() ? 0 : Long.MIN_VALUE;
    return first == Long.MAX_VALUE ? 0 : Math.max(earliest, first);
  }

  /// A track that has no samples in these fragments may state a time long before them.
  private boolean startsInFragments(AVStream other) {
    return Ffmpeg.micros(other.start_time(), other.time_base())
        >= structure.fragmentStartMicros() - StallRule.MIN_MICROS;
  }

  private static boolean isSoundOrVideo(AVStream stream) {
    int type = stream.codecpar().codec_type();
    boolean cover = (stream.disposition() & avformat.AV_DISPOSITION_ATTACHED_PIC) != 0;
    return !cover && (type == avutil.AVMEDIA_TYPE_VIDEO || type == avutil.AVMEDIA_TYPE_AUDIO);
  }

  /// A transport stream's programs have clocks of their own.
  private boolean isOfSameProgram(int other) {
    AVProgram program = null;
    boolean listed = false;
    do {
      program = avformat.av_find_program_from_stream(context, program, stream.index());
      boolean found = program != null && !program.isNull();
      if (!found) {
        return !listed;
      }
      listed = true;
      for (int i = 0; i < program.nb_stream_indexes(); i++) {
        if (program.stream_index().get(i) == other) {
          return true;
        }
      }
    } while (true);
  }

  /// Converts a timestamp of the video stream to microseconds.
  long micros(long ticks) {
    return Ffmpeg.micros(ticks, stream.time_base());
  }

  /// Number of samples that an MP4's index lists for the video before any is read; 0 for other
  /// containers.
  long indexedPackets() {
    return indexedPackets;
  }

  /// @param result of reading
  /// @throws UnreadableMediaException UNSUPPORTED_CONTAINER when it failed because there are too
  ///   many streams
  void requireRoomForStreams(int result) throws UnreadableMediaException {
    if (result == avutil.AVERROR_ENOMEM() && context.nb_streams() >= MediaStructure.MAX_STREAMS) {
      throw MediaStructure.tooManyStreams();
    }
  }

  /// Reads the video's next packet and skips those of other streams. Packets of which something is
  /// missing are marked as corrupt: in a transport stream, those that [TransportLosses] finds, as
  /// FFmpeg does not always mark the right one; in a Matroska file, those of clusters that do not
  /// have their checksum.
  ///
  /// @return 0, or FFmpeg's error code (`AVERROR_EOF` at the end)
  int read(AVPacket packet) {
    int result = avformat.av_read_frame(context, packet);
    while (result >= 0 && packet.stream_index() != stream.index()) {
      avcodec.av_packet_unref(packet);
      result = avformat.av_read_frame(context, packet);
    }
    if (result >= 0) {
      markIfDamaged(packet);
    }
    return Math.min(result, 0);
  }

  private void markIfDamaged(AVPacket packet) {
    long at = packet.pos();
    if (container() == ContainerFormat.MPEG_TS) {
      packet.flags(packet.flags() & ~avcodec.AV_PKT_FLAG_CORRUPT);
    }
    LongPredicate known = incomplete == null ? findIncomplete() : incomplete;
    incomplete = known;
    if (known.test(at)) {
      packet.flags(packet.flags() | avcodec.AV_PKT_FLAG_CORRUPT);
    }
  }

  /// Whether a picture of which only the end is there precedes the first packet.
  boolean beginsTorn() {
    return losses().beginsTorn();
  }

  /// Whether any number of pictures may precede the first packet.
  boolean beginsUnreadable() {
    return losses().unreadableBefore() > 0;
  }

  private TransportLosses losses() {
    return structure
        .transport()
        .map(packets -> packets.losses(stream.id()))
        .orElse(TransportLosses.NONE);
  }

  private LongPredicate findIncomplete() {
    if (container() == ContainerFormat.MATROSKA) {
      List<MatroskaElements.Range> damaged = MatroskaElements.damagedClusters(structure.media());
      return at -> damaged.stream().anyMatch(cluster -> cluster.contains(at));
    }
    return losses().incomplete()::contains;
  }

  @Override
  public void close() {
    avformat.avformat_close_input(context);
    source.close();
  }
}
