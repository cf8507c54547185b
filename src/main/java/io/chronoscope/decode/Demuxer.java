package io.chronoscope.decode;

import io.chronoscope.decode.container.ContainerFormat;
import io.chronoscope.decode.container.MediaStructure;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.PointerPointer;

/// Opens FFmpeg's demuxer for untrusted bytes: only the expected container, only the codecs of
/// [VideoCodec], and no protocol at all, so that a file cannot make FFmpeg open anything else.
final class Demuxer {

  private Demuxer() {}

  /// How much of an input is read to identify its streams.
  enum Probe {
    /// FFmpeg's usual share: 5 MB, 5 s.
    BEGINNING,
    /// All of it, for video that begins late.
    WHOLE
  }

  /// Opens the container with FFmpeg's format, codec and protocol whitelists set.
  ///
  /// @return a context that the caller closes before `source`
  /// @throws UnreadableMediaException CORRUPT when the headers cannot be read
  static AVFormatContext open(ContainerFormat container, MemoryInput source, Probe probe)
      throws UnreadableMediaException {
    AVFormatContext context = avformat.avformat_alloc_context();
    context.pb(source.context());
    AVDictionary options = new AVDictionary(null);
    try {
      Ffmpeg.option(options, "format_whitelist", demuxerNames(container));
      Ffmpeg.option(options, "codec_whitelist", SupportedCodecs.decoders());
      Ffmpeg.option(options, "protocol_whitelist", "none");
      Ffmpeg.option(options, "max_streams", Integer.toString(MediaStructure.MAX_STREAMS));
      if (probe == Probe.WHOLE) {
        Ffmpeg.option(options, "probesize", Long.toString(Integer.MAX_VALUE));
        Ffmpeg.option(options, "analyzeduration", Long.toString(Long.MAX_VALUE / 2));
      }
      AVInputFormat format = avformat.av_find_input_format(container.demuxer());
      // On failure FFmpeg frees the context.
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

  private static String demuxerNames(ContainerFormat container) {
    AVInputFormat format = avformat.av_find_input_format(container.demuxer());
    return format.name().getString();
  }

  /// Reads packets until the parameters of all streams are known. FFmpeg opens decoders for this;
  /// they get the same limits.
  ///
  /// @throws UnreadableMediaException CORRUPT when the streams cannot be identified
  static void probeStreams(AVFormatContext context, DecodeLimits limits)
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
        // FFmpeg replaces a dictionary whose entries it has consumed.
        each.set(i, new AVDictionary(options.get(i)));
      }
      if (result < 0) {
        if (result == avutil.AVERROR_ENOMEM()
            && context.nb_streams() >= MediaStructure.MAX_STREAMS) {
          throw MediaStructure.tooManyStreams();
        }
        Ffmpeg.requireMemory(result);
        throw new UnreadableMediaException(
            Reason.CORRUPT, "the streams cannot be identified: " + Ffmpeg.describe(result));
      }
    } finally {
      each.forEach(avutil::av_dict_free);
    }
  }
}
