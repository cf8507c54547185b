package io.chronoscope.decode;

import io.chronoscope.decode.LiveSettings.Treatment;
import io.chronoscope.decode.container.ContainerFormat;
import io.chronoscope.domain.AddressRedaction;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/// FFmpeg's demuxer on a live source: an RTSP server, or the bytes of a [ByteFeed]. Whitelists of
/// protocols, demuxers and codecs apply, and a [ReadWatch] ends every call that blocks for too
/// long. For use by one thread, except for [#cancel()].
final class LiveDemuxer implements AutoCloseable {

  /// How much video FFmpeg may collect to find out about the streams: the parameters of some codecs
  /// come with the first key frame only.
  private static final Duration PROBING = Duration.ofSeconds(30);

  private static final int PROBING_BYTES = 64 << 20;
  private static final int PROBING_FRAMES = 3;

  private final LiveSettings settings;
  private final ReadWatch watch;
  private final @Nullable FeedInput feed;
  private final String url;
  private @Nullable AVFormatContext context;
  private Phase phase = Phase.CONNECTING;

  private enum Phase {
    CONNECTING,
    PROBING,
    READING
  }

  /// @param url of an RTSP server
  LiveDemuxer(String url, LiveSettings settings) {
    Ffmpeg.load();
    this.settings = settings;
    this.url = url;
    this.watch = new ReadWatch(settings.readTimeout());
    this.feed = null;
  }

  /// @param bytes closed with the demuxer
  LiveDemuxer(ByteFeed bytes, LiveSettings settings) {
    Ffmpeg.load();
    this.settings = settings;
    this.url = "";
    this.watch = new ReadWatch(settings.readTimeout());
    this.feed = new FeedInput(bytes, watch);
  }

  /// Connects and finds the video.
  ///
  /// @return valid until this demuxer is closed
  /// @throws SourceRefusedException when the source wants other credentials
  /// @throws IOException when there is no connection
  /// @throws UnreadableMediaException when what is sent is no video
  AVStream open() throws IOException, UnreadableMediaException {
    watch.advanced();
    Optional<ContainerFormat> container =
        feed == null ? Optional.empty() : Optional.of(feed.sniff());
    AVFormatContext opening = avformat.avformat_alloc_context();
    watch.guard(opening);
    AVDictionary options = new AVDictionary(null);
    try {
      Ffmpeg.option(options, "codec_whitelist", codecs());
      Ffmpeg.option(options, "max_streams", "64");
      Ffmpeg.option(options, "analyzeduration", Long.toString(PROBING.toNanos() / 1000));
      Ffmpeg.option(options, "probesize", Integer.toString(PROBING_BYTES));
      Ffmpeg.option(options, "fpsprobesize", Integer.toString(PROBING_FRAMES));
      String demuxer;
      if (feed == null) {
        demuxer = "rtsp";
        Ffmpeg.option(options, "protocol_whitelist", "rtsp,rtsps,rtp,tcp,tls");
        Ffmpeg.option(options, "rtsp_transport", "tcp");
        Ffmpeg.option(options, "allowed_media_types", "video");
      } else {
        demuxer = container.orElseThrow().demuxer();
        opening.pb(feed.context());
        Ffmpeg.option(options, "protocol_whitelist", "none");
      }
      AVInputFormat format = avformat.av_find_input_format(demuxer);
      Ffmpeg.option(options, "format_whitelist", format.name().getString());
      // On failure FFmpeg frees the context.
      int result = avformat.avformat_open_input(opening, url, format, options);
      if (result == avutil.AVERROR_HTTP_UNAUTHORIZED || result == avutil.AVERROR_HTTP_FORBIDDEN) {
        throw new SourceRefusedException(
            "the source refuses the credentials: " + Ffmpeg.describe(result));
      }
      if (result < 0) {
        throw failed("no connection", result);
      }
      phase = Phase.PROBING;
      watch.advanced();
      boolean probed = false;
      try {
        Demuxer.probeStreams(opening, DecodeLimits.PICTURE_SIZE_ONLY);
        throwReason();
        probed = true;
      } catch (UnreadableMediaException e) {
        throwReason();
        throw e;
      } finally {
        if (!probed) {
          avformat.avformat_close_input(opening);
        }
      }
      phase = Phase.READING;
      context = opening;
      watch.advanced();
      return video(opening);
    } finally {
      avutil.av_dict_free(options);
    }
  }

  private String codecs() {
    return settings.treatment() == Treatment.COPY
        ? SupportedCodecs.decoders()
        : SupportedCodecs.decoders() + "," + String.join(",", LiveEncoder.FURTHER_DECODERS);
  }

  private static AVStream video(AVFormatContext opened) throws UnreadableMediaException {
    @Nullable AVStream selected = null;
    for (int i = 0; i < opened.nb_streams(); i++) {
      AVStream stream = opened.streams(i);
      if (selected == null && stream.codecpar().codec_type() == avutil.AVMEDIA_TYPE_VIDEO) {
        selected = stream;
      } else {
        stream.discard(avcodec.AVDISCARD_ALL);
      }
    }
    if (selected == null) {
      throw new UnreadableMediaException(Reason.NO_VIDEO, "the source sends no video");
    }
    if (selected.codecpar().width() <= 0 || selected.codecpar().height() <= 0) {
      throw new UnreadableMediaException(
          Reason.NO_FRAMES,
          "the source has sent no key frame that states the parameters of its %s video"
              .formatted(SupportedCodecs.describe(selected.codecpar())));
    }
    return selected;
  }

  /// Reads the next packet of any stream.
  ///
  /// @return whether there is one; false at the end, or when canceled
  /// @throws IOException when the source fails
  boolean read(AVPacket packet) throws IOException {
    int result = avformat.av_read_frame(context, packet);
    if (result < 0 && !watch.isCanceled() && result != avutil.AVERROR_EOF) {
      throw failed("the connection failed", result);
    }
    return result >= 0 && !watch.isCanceled();
  }

  /// The video has advanced.
  void advanced() {
    watch.advanced();
  }

  /// @throws IOException when it has not for too long
  void requireAdvance() throws IOException {
    if (watch.isExpired()) {
      throwReason();
    }
  }

  /// Why FFmpeg could not read on, if that was decided here.
  private void throwReason() throws IOException {
    if (feed != null) {
      feed.throwFailure();
    }
    if (watch.isExpired() && !watch.isCanceled()) {
      throw frozen();
    }
  }

  private IOException failed(String what, int error) throws IOException {
    throwReason();
    return new IOException(what + ": " + AddressRedaction.of(Ffmpeg.describe(error)));
  }

  private IOException frozen() {
    double seconds = settings.readTimeout().toMillis() / 1e3;
    return new IOException(
        switch (phase) {
          case CONNECTING -> "no connection within %.0f s".formatted(seconds);
          case PROBING ->
              "no video within %.0f s that states its parameters, as a key frame does"
                  .formatted(seconds);
          case READING -> "no new picture for %.0f s".formatted(seconds);
        });
  }

  /// Ends a blocked call soon. Callable from any thread.
  void cancel() {
    watch.cancel();
  }

  @Override
  public void close() {
    if (context != null) {
      avformat.avformat_close_input(context);
      context = null;
    }
    if (feed != null) {
      feed.close();
    }
    watch.close();
  }
}
