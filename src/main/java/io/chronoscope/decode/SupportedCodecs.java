package io.chronoscope.decode;

import io.chronoscope.decode.bitstream.VideoCodec;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;

/// Which [VideoCodec] one of FFmpeg's streams has, if any. Which decoder decodes it, in software or
/// hardware, is up to [DecoderFactory].
final class SupportedCodecs {

  private SupportedCodecs() {}

  static boolean contain(AVCodecParameters parameters) {
    return find(parameters).isPresent();
  }

  /// @throws UnreadableMediaException UNSUPPORTED_CODEC when the stream's codec is not listed
  static VideoCodec of(AVCodecParameters parameters) throws UnreadableMediaException {
    Optional<VideoCodec> listed = find(parameters);
    if (listed.isEmpty()) {
      String supported =
          codecs().map(VideoCodec::displayName).sorted().collect(Collectors.joining(", "));
      throw new UnreadableMediaException(
          Reason.UNSUPPORTED_CODEC,
          "the video uses %s; supported codecs are [%s]"
              .formatted(describe(parameters), supported));
    }
    return listed.get();
  }

  private static Optional<VideoCodec> find(AVCodecParameters parameters) {
    String name = avcodec.avcodec_get_name(parameters.codec_id()).getString();
    return codecs().filter(codec -> codec.displayName().equals(name)).findFirst();
  }

  private static Stream<VideoCodec> codecs() {
    return Arrays.stream(VideoCodec.values());
  }

  /// A stream's codec for people: FFmpeg's name, or the container's tag when FFmpeg has none.
  static String describe(AVCodecParameters parameters) {
    if (parameters.codec_id() == avcodec.AV_CODEC_ID_NONE) {
      try (BytePointer text = new BytePointer(32)) {
        return "unknown codec "
            + avutil.av_fourcc_make_string(text.zero(), parameters.codec_tag()).getString();
      }
    }
    return avcodec.avcodec_get_name(parameters.codec_id()).getString();
  }

  /// The decoders of all codecs in FFmpeg's whitelist syntax.
  static String decoders() {
    return Stream.concat(
            codecs().map(VideoCodec::softwareDecoder), Stream.of(DecoderFactory.LIBVPX_VP9))
        .collect(Collectors.joining(","));
  }
}
