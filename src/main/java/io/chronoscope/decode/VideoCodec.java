package io.chronoscope.decode;

import io.chronoscope.domain.Rejection.Reason;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;

/// The whitelist of video codecs, each with what is special about it. Everything else is rejected
/// before one of FFmpeg's decoders sees it.
///
/// To add a codec, add a constant; `VideoCodecTest` checks it against the FFmpeg build. Which
/// decoder *implementation* decodes a codec, software or hardware, is up to [DecoderFactory].
enum VideoCodec {
  H264(avcodec.AV_CODEC_ID_H264, "h264", Remux.FRAGMENTED_MP4),
  HEVC(avcodec.AV_CODEC_ID_HEVC, "hevc", Remux.FRAGMENTED_MP4),
  /// The MP4 registry has no VP8.
  VP8(avcodec.AV_CODEC_ID_VP8, "vp8", Remux.MATROSKA),
  VP9(avcodec.AV_CODEC_ID_VP9, "vp9", Remux.FRAGMENTED_MP4),
  /// FFmpeg's own AV1 decoder only drives hardware; libaom decodes in software.
  AV1(avcodec.AV_CODEC_ID_AV1, "libaom-av1", Remux.FRAGMENTED_MP4),
  MPEG4_PART2(avcodec.AV_CODEC_ID_MPEG4, "mpeg4", Remux.FRAGMENTED_MP4),
  MPEG2(avcodec.AV_CODEC_ID_MPEG2VIDEO, "mpeg2video", Remux.FRAGMENTED_MP4),
  MOTION_JPEG(avcodec.AV_CODEC_ID_MJPEG, "mjpeg", Remux.FRAGMENTED_MP4),
  MPEG1(avcodec.AV_CODEC_ID_MPEG1VIDEO, "mpeg1video", Remux.FRAGMENTED_MP4),
  // What recorders and archives have in AVI, FLV, ASF and MOV.
  MSMPEG4_V2(avcodec.AV_CODEC_ID_MSMPEG4V2, "msmpeg4v2", Remux.MATROSKA),
  MSMPEG4_V3(avcodec.AV_CODEC_ID_MSMPEG4V3, "msmpeg4", Remux.MATROSKA),
  WMV1(avcodec.AV_CODEC_ID_WMV1, "wmv1", Remux.MATROSKA),
  WMV2(avcodec.AV_CODEC_ID_WMV2, "wmv2", Remux.MATROSKA),
  WMV3(avcodec.AV_CODEC_ID_WMV3, "wmv3", Remux.MATROSKA),
  VC1(avcodec.AV_CODEC_ID_VC1, "vc1", Remux.FRAGMENTED_MP4),
  H263(avcodec.AV_CODEC_ID_H263, "h263", Remux.MATROSKA),
  SORENSON_H263(avcodec.AV_CODEC_ID_FLV1, "flv", Remux.MATROSKA),
  VP6(avcodec.AV_CODEC_ID_VP6F, "vp6f", Remux.MATROSKA),
  CINEPAK(avcodec.AV_CODEC_ID_CINEPAK, "cinepak", Remux.MATROSKA),
  DV(avcodec.AV_CODEC_ID_DVVIDEO, "dvvideo", Remux.MATROSKA),
  RAW(avcodec.AV_CODEC_ID_RAWVIDEO, "rawvideo", Remux.MATROSKA),
  // Still pictures.
  PNG(avcodec.AV_CODEC_ID_PNG, "png", Remux.FRAGMENTED_MP4),
  WEBP(avcodec.AV_CODEC_ID_WEBP, "webp", Remux.MATROSKA),
  BMP(avcodec.AV_CODEC_ID_BMP, "bmp", Remux.MATROSKA);

  /// The container into which packets of a codec are written without re-encoding.
  enum Remux {
    FRAGMENTED_MP4("mp4", "video/mp4"),
    MATROSKA("matroska", "video/x-matroska");

    private final String muxer;
    private final String contentType;

    Remux(String muxer, String contentType) {
      this.muxer = muxer;
      this.contentType = contentType;
    }

    /// FFmpeg's name for the muxer.
    String muxer() {
      return muxer;
    }

    String contentType() {
      return contentType;
    }
  }

  private final int codecId;
  private final String softwareDecoder;
  private final Remux remux;

  VideoCodec(int codecId, String softwareDecoder, Remux remux) {
    this.codecId = codecId;
    this.softwareDecoder = softwareDecoder;
    this.remux = remux;
  }

  static boolean isListed(AVCodecParameters parameters) {
    return Arrays.stream(values()).anyMatch(one -> one.codecId == parameters.codec_id());
  }

  /// @throws UnreadableMediaException UNSUPPORTED_CODEC when the stream's codec is not listed
  static VideoCodec of(AVCodecParameters parameters) throws UnreadableMediaException {
    Optional<VideoCodec> listed =
        Arrays.stream(values()).filter(one -> one.codecId == parameters.codec_id()).findFirst();
    if (listed.isEmpty()) {
      throw new UnreadableMediaException(
          Reason.UNSUPPORTED_CODEC,
          "the video uses %s; supported codecs are %s"
              .formatted(describe(parameters), displayNames()));
    }
    return listed.get();
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

  private static List<String> displayNames() {
    return Arrays.stream(values()).map(VideoCodec::displayName).sorted().toList();
  }

  /// The decoders of all codecs in FFmpeg's whitelist syntax.
  static String decoderWhitelist() {
    return Stream.concat(
            Arrays.stream(values()).map(VideoCodec::softwareDecoder),
            Stream.of(DecoderFactory.LIBVPX_VP9))
        .collect(Collectors.joining(","));
  }

  /// FFmpeg's `AVCodecID`.
  int codecId() {
    return codecId;
  }

  /// FFmpeg's name for the codec, such as `h264`.
  String displayName() {
    return avcodec.avcodec_get_name(codecId).getString();
  }

  /// FFmpeg's name for the decoder that runs on the CPU.
  String softwareDecoder() {
    return softwareDecoder;
  }

  /// FFmpeg's name for the decoder that drives hardware.
  String hardwareDecoder() {
    return switch (this) {
      case AV1 -> "av1";
      case H264, HEVC, VP8, VP9, MPEG4_PART2, MPEG2, MOTION_JPEG, MPEG1 -> softwareDecoder;
      case MSMPEG4_V2, MSMPEG4_V3, WMV1, WMV2, WMV3, VC1, H263, SORENSON_H263 -> softwareDecoder;
      case VP6, CINEPAK, DV, RAW, PNG, WEBP, BMP -> softwareDecoder;
    };
  }

  Remux remux() {
    return remux;
  }
}
