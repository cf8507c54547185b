package io.chronoscope.decode.bitstream;

/// The whitelist of video codecs, each with what is special about it: FFmpeg's names for it and for
/// its decoder, and the container that takes its packets. Everything else is rejected before one of
/// FFmpeg's decoders sees it.
///
/// To add a codec, add a constant; `VideoCodecTest` checks it against the FFmpeg build.
public enum VideoCodec {
  H264("h264", "h264", Remux.FRAGMENTED_MP4),
  HEVC("hevc", "hevc", Remux.FRAGMENTED_MP4),
  /// The MP4 registry has no VP8.
  VP8("vp8", "vp8", Remux.MATROSKA),
  VP9("vp9", "vp9", Remux.FRAGMENTED_MP4),
  /// FFmpeg's own AV1 decoder only drives hardware; libaom decodes in software.
  AV1("av1", "libaom-av1", Remux.FRAGMENTED_MP4),
  MPEG4_PART2("mpeg4", "mpeg4", Remux.FRAGMENTED_MP4),
  MPEG2("mpeg2video", "mpeg2video", Remux.FRAGMENTED_MP4),
  MOTION_JPEG("mjpeg", "mjpeg", Remux.FRAGMENTED_MP4),
  MPEG1("mpeg1video", "mpeg1video", Remux.FRAGMENTED_MP4),
  // What recorders and archives have in AVI, FLV, ASF and MOV.
  MSMPEG4_V2("msmpeg4v2", "msmpeg4v2", Remux.MATROSKA),
  MSMPEG4_V3("msmpeg4v3", "msmpeg4", Remux.MATROSKA),
  WMV1("wmv1", "wmv1", Remux.MATROSKA),
  WMV2("wmv2", "wmv2", Remux.MATROSKA),
  WMV3("wmv3", "wmv3", Remux.MATROSKA),
  VC1("vc1", "vc1", Remux.FRAGMENTED_MP4),
  H263("h263", "h263", Remux.MATROSKA),
  SORENSON_H263("flv1", "flv", Remux.MATROSKA),
  VP6("vp6f", "vp6f", Remux.MATROSKA),
  CINEPAK("cinepak", "cinepak", Remux.MATROSKA),
  DV("dvvideo", "dvvideo", Remux.MATROSKA),
  RAW("rawvideo", "rawvideo", Remux.MATROSKA),
  // Still pictures.
  PNG("png", "png", Remux.FRAGMENTED_MP4),
  WEBP("webp", "webp", Remux.MATROSKA),
  BMP("bmp", "bmp", Remux.MATROSKA);

  /// The container into which packets of a codec are written without re-encoding.
  public enum Remux {
    FRAGMENTED_MP4("mp4", "video/mp4"),
    MATROSKA("matroska", "video/x-matroska");

    private final String muxer;
    private final String contentType;

    Remux(String muxer, String contentType) {
      this.muxer = muxer;
      this.contentType = contentType;
    }

    /// FFmpeg's name for the muxer.
    public String muxer() {
      return muxer;
    }

    public String contentType() {
      return contentType;
    }
  }

  private final String displayName;
  private final String softwareDecoder;
  private final Remux remux;

  VideoCodec(String displayName, String softwareDecoder, Remux remux) {
    this.displayName = displayName;
    this.softwareDecoder = softwareDecoder;
    this.remux = remux;
  }

  /// FFmpeg's name for the codec, such as `h264`.
  public String displayName() {
    return displayName;
  }

  /// FFmpeg's name for the decoder that runs on the CPU.
  public String softwareDecoder() {
    return softwareDecoder;
  }

  /// FFmpeg's name for the decoder that drives hardware.
  public String hardwareDecoder() {
    return switch (this) {
      case AV1 -> "av1";
      case H264, HEVC, VP8, VP9, MPEG4_PART2, MPEG2, MOTION_JPEG, MPEG1 -> softwareDecoder;
      case MSMPEG4_V2, MSMPEG4_V3, WMV1, WMV2, WMV3, VC1, H263, SORENSON_H263 -> softwareDecoder;
      case VP6, CINEPAK, DV, RAW, PNG, WEBP, BMP -> softwareDecoder;
    };
  }

  public Remux remux() {
    return remux;
  }
}
