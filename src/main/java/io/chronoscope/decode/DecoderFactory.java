package io.chronoscope.decode;

import io.chronoscope.decode.bitstream.ParameterSets;
import io.chronoscope.decode.bitstream.VideoCodec;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import java.util.List;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;

/// Opens the decoder for a video stream: the only place that decides which FFmpeg decoder decodes a
/// [VideoCodec], and on what.
///
/// All but [#openOnHardware] decode on the CPU.
record DecoderFactory(DecodeLimits limits, DecoderOptions options) {

  /// Notices much damage itself, where [PayloadEnd] cannot look into FFmpeg's own decoder.
  static final String LIBVPX_VP9 = "libvpx-vp9";

  private static final int VP9_8_BIT_420 = 0;

  /// Opens a decoder with the parameter sets (`extradata`) that the container states in front of
  /// all packets.
  ///
  /// @return a context that the caller frees
  /// @throws UnreadableMediaException UNSUPPORTED_CODEC, or CORRUPT when the decoder rejects the
  ///   stream's parameters
  AVCodecContext open(AVStream stream) throws UnreadableMediaException {
    return open(stream, ParameterSets.FROM_CONTAINER);
  }

  /// Opens a decoder for a stream that changed its codec between two packets. The container's
  /// parameter sets describe the former codec, so the new one has to carry its own.
  ///
  /// @return a context that the caller frees
  /// @throws UnreadableMediaException as [#open(AVStream)]
  AVCodecContext openAfterCodecChange(AVStream stream) throws UnreadableMediaException {
    return open(stream, ParameterSets.IN_BAND);
  }

  /// Opens a decoder for a stream that may have another codec than those of [VideoCodec].
  ///
  /// @param further FFmpeg's names of the decoders that are allowed beside those
  /// @return a context that the caller frees
  /// @throws UnreadableMediaException as [#open(AVStream)]
  AVCodecContext open(AVStream stream, List<String> further) throws UnreadableMediaException {
    AVCodec usual = avcodec.avcodec_find_decoder(stream.codecpar().codec_id());
    boolean allowed =
        usual != null && !usual.isNull() && further.contains(usual.name().getString());
    return allowed
        ? open(stream, usual, ParameterSets.FROM_CONTAINER, Optional.empty())
        : open(stream);
  }

  /// Opens a decoder on the hardware of the options. Its frames may be in the device's memory
  /// ([DeviceFrames]).
  ///
  /// @return a context that the caller frees; empty without hardware, or when that does not decode
  ///   the stream
  /// @throws UnreadableMediaException UNSUPPORTED_CODEC
  Optional<AVCodecContext> openOnHardware(AVStream stream) throws UnreadableMediaException {
    VideoCodec codec = SupportedCodecs.of(stream.codecpar());
    Optional<AVCodec> decoder = options.hardware().flatMap(device -> device.decoder(codec));
    if (decoder.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          open(stream, decoder.get(), ParameterSets.FROM_CONTAINER, options.hardware()));
    } catch (UnreadableMediaException e) {
      return Optional.empty();
    }
  }

  private enum ParameterSets {
    FROM_CONTAINER,
    IN_BAND
  }

  private AVCodecContext open(AVStream stream, ParameterSets parameterSets)
      throws UnreadableMediaException {
    VideoCodec codec = SupportedCodecs.of(stream.codecpar());
    return open(
        stream,
        avcodec.avcodec_find_decoder_by_name(decoderName(codec, stream)),
        parameterSets,
        Optional.empty());
  }

  private AVCodecContext open(
      AVStream stream,
      AVCodec decoder,
      ParameterSets parameterSets,
      Optional<HardwareDevice> hardware)
      throws UnreadableMediaException {
    AVCodecContext context = avcodec.avcodec_alloc_context3(decoder);
    int result = avcodec.avcodec_parameters_to_context(context, stream.codecpar());
    if (result >= 0) {
      if (parameterSets == ParameterSets.IN_BAND) {
        avutil.av_free(context.extradata());
        context.extradata(null);
        context.extradata_size(0);
      }
      context.pkt_timebase(stream.time_base());
      context.thread_count(options.threads());
      context.skip_loop_filter(options.loopFilter().skipped());
      hardware.ifPresent(device -> device.attachTo(context));
      context.max_pixels(limits.maxPixels());
      result = avcodec.avcodec_open2(context, decoder, (AVDictionary) null);
    }
    if (result < 0) {
      avcodec.avcodec_free_context(context);
      throw new UnreadableMediaException(
          Reason.CORRUPT,
          "the %s decoder cannot be set up: %s"
              .formatted(SupportedCodecs.describe(stream.codecpar()), Ffmpeg.describe(result)));
    }
    return context;
  }

  private static String decoderName(VideoCodec codec, AVStream stream) {
    boolean byLibvpx =
        codec == VideoCodec.VP9
            && stream.codecpar().profile() <= VP9_8_BIT_420
            && !DecoderMemory.isKnown();
    return byLibvpx ? LIBVPX_VP9 : codec.softwareDecoder();
  }
}
