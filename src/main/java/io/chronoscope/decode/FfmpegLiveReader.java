package io.chronoscope.decode;

import io.chronoscope.domain.SourceClock;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.domain.UnreadableMediaException;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avcodec.AVProducerReferenceTime;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.SizeTPointer;
import org.jspecify.annotations.Nullable;

/// Reads a live source with FFmpeg in this process.
public final class FfmpegLiveReader implements LiveReader {

  /// FFmpeg states no time for the first packet of an RTSP stream, which is a key frame as a rule.
  private static final int MAX_UNTIMED = 8;

  private static final int TYPICAL_FPS = 25;

  private final LiveSettings settings;
  private final InstantSource clock;
  private final LiveDemuxer demuxer;
  private final @Nullable ByteFeed bytes;
  private final Progress progress;
  private final List<AVPacket> untimed = new ArrayList<>();
  private long latestTicks = Long.MIN_VALUE;
  private long markedPosition = -1;

  private FfmpegLiveReader(
      LiveSettings settings,
      InstantSource clock,
      LiveDemuxer demuxer,
      @Nullable ByteFeed bytes,
      Progress progress) {
    this.settings = settings;
    this.clock = clock;
    this.demuxer = demuxer;
    this.bytes = bytes;
    this.progress = progress;
  }

  /// Follows a connection, on the thread that reads it.
  public interface Progress {

    /// Nothing is to be followed.
    Progress IGNORED =
        new Progress() {
          @Override
          public void connected() {}

          @Override
          public void advanced() {}
        };

    /// The connection stands, and its video is found.
    void connected() throws IOException;

    /// There is new video.
    void advanced();
  }

  /// Reads from an RTSP server, by TCP.
  ///
  /// @param url with credentials, percent-encoded, if the server wants some
  /// @param clock when packets arrive
  public static FfmpegLiveReader rtsp(
      String url, LiveSettings settings, InstantSource clock, Progress progress) {
    return new FfmpegLiveReader(settings, clock, new LiveDemuxer(url, settings), null, progress);
  }

  /// @param feed is closed with the reader
  /// @param clock when packets arrive
  public static FfmpegLiveReader of(
      ByteFeed feed, LiveSettings settings, InstantSource clock, Progress progress) {
    return new FfmpegLiveReader(settings, clock, new LiveDemuxer(feed, settings), feed, progress);
  }

  @Override
  public void read(Consumer<LiveSegment> sink) throws IOException, UnreadableMediaException {
    AVStream stream = demuxer.open();
    progress.connected();
    try (LivePackets packets = packets(stream, sink)) {
      try {
        readPackets(stream, packets);
      } finally {
        packets.finish();
      }
    }
  }

  private LivePackets packets(AVStream stream, Consumer<LiveSegment> sink)
      throws UnreadableMediaException {
    DolbyVision.requireUsualColors(stream.codecpar());
    return switch (settings.treatment()) {
      case COPY -> {
        var unused = SupportedCodecs.of(stream.codecpar());
        yield new LiveCutter(stream, settings, sink);
      }
      case ENCODE -> new LiveEncoder(stream, settings, DecodeLimits.PICTURE_SIZE_ONLY, sink);
    };
  }

  private void readPackets(AVStream stream, LivePackets packets)
      throws IOException, UnreadableMediaException {
    AVPacket packet = avcodec.av_packet_alloc();
    try {
      while (demuxer.read(packet)) {
        boolean discarded = (packet.flags() & avcodec.AV_PKT_FLAG_DISCARD) != 0;
        if (packet.stream_index() == stream.index() && !discarded) {
          add(packet, stream, packets);
        }
        avcodec.av_packet_unref(packet);
        demuxer.requireAdvance();
      }
    } finally {
      avcodec.av_packet_free(packet);
      untimed.forEach(avcodec::av_packet_free);
      untimed.clear();
    }
  }

  private void add(AVPacket packet, AVStream stream, LivePackets packets)
      throws UnreadableMediaException {
    boolean timed = packet.pts() != avutil.AV_NOPTS_VALUE || packet.dts() != avutil.AV_NOPTS_VALUE;
    if (!timed) {
      if (untimed.size() < MAX_UNTIMED) {
        untimed.add(avcodec.av_packet_clone(packet));
      }
      return;
    }
    LiveCutter.fillTimestamps(packet);
    long distance = frameTicks(stream);
    for (int i = 0; i < untimed.size(); i++) {
      AVPacket earlier = untimed.get(i);
      earlier.pts(packet.dts() - (untimed.size() - i) * distance);
      earlier.dts(earlier.pts());
      addTimed(earlier, stream, packets);
      avcodec.av_packet_free(earlier);
    }
    untimed.clear();
    addTimed(packet, stream, packets);
  }

  private void addTimed(AVPacket packet, AVStream stream, LivePackets packets)
      throws UnreadableMediaException {
    if (packet.dts() != latestTicks) {
      latestTicks = packet.dts();
      demuxer.advanced();
      progress.advanced();
    }
    packets.add(packet, StreamClock.epochMicros(clock.instant()), stated(packet, stream));
  }

  private static long frameTicks(AVStream stream) {
    AVRational rate = stream.avg_frame_rate();
    boolean known = rate.num() > 0 && rate.den() > 0;
    return avutil.av_rescale(
        stream.time_base().den(),
        known ? rate.den() : 1,
        (long) stream.time_base().num() * (known ? rate.num() : TYPICAL_FPS));
  }

  /// What the source states about the absolute time of a packet.
  private Optional<LiveSegment.StatedTime> stated(AVPacket packet, AVStream stream) {
    long pts = Ffmpeg.micros(packet.pts(), stream.time_base());
    if (bytes != null) {
      long position = packet.pos();
      if (position < 0) {
        return Optional.empty();
      }
      Optional<ByteFeed.Mark> mark =
          bytes.markAt(position).filter(one -> one.position() > markedPosition);
      mark.ifPresent(one -> markedPosition = one.position());
      return mark.map(one ->
          new LiveSegment.StatedTime(StreamClock.epochMicros(one.time()) - pts, one.clock()));
    }
    try (SizeTPointer size = new SizeTPointer(1)) {
      BytePointer side = avcodec.av_packet_get_side_data(packet, avcodec.AV_PKT_DATA_PRFT, size);
      if (side == null || side.isNull()) {
        return Optional.empty();
      }
      long wallClock = new AVProducerReferenceTime(side).wallclock();
      return Optional.of(new LiveSegment.StatedTime(wallClock - pts, SourceClock.RTCP));
    }
  }

  @Override
  public void cancel() {
    demuxer.cancel();
    if (bytes != null) {
      bytes.close();
    }
  }

  @Override
  public void close() {
    demuxer.close();
  }
}
