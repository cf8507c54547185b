package io.chronoscope.decode.container;

import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The supported containers, recognized by their first bytes, so that only their demuxers ever see
/// untrusted data.
public enum ContainerFormat {
  MP4("mov", "mp4", "MP4, fragmented MP4, MOV", "video/mp4", Clock.STATED),
  MATROSKA("matroska", "matroska", "Matroska, WebM", "video/x-matroska", Clock.STATED),
  MPEG_TS("mpegts", "mpegts", "MPEG-TS", "video/mp2t", Clock.SPARSE),
  MPEG_PS("mpeg", "mpegps", "MPEG program stream", "video/mp2p", Clock.SPARSE),
  AVI("avi", "avi", "AVI", "video/x-msvideo", Clock.STATED),
  FLV("flv", "flv", "FLV", "video/x-flv", Clock.STATED),
  ASF("asf", "asf", "ASF", "video/x-ms-asf", Clock.STATED),
  H264_STREAM("h264", "h264", "H.264 stream", "video/h264", Clock.NONE),
  HEVC_STREAM("hevc", "hevc", "HEVC stream", "video/h265", Clock.NONE),
  MPEG_VIDEO_STREAM("mpegvideo", "mpegvideo", "MPEG video stream", "video/mpeg", Clock.NONE),
  JPEG("jpeg_pipe", "jpeg", "JPEG", "image/jpeg", Clock.STILL),
  PNG("png_pipe", "png", "PNG", "image/png", Clock.STILL),
  WEBP("webp_pipe", "webp", "WebP", "image/webp", Clock.STILL),
  BMP("bmp_pipe", "bmp", "BMP", "image/bmp", Clock.STILL);

  /// Where the times of frames come from.
  public enum Clock {
    /// The container states a time for each frame, or a frame rate.
    STATED,
    /// It states the times of some frames, at least every 0.7 s (ISO/IEC 13818-1 §2.7.4).
    SPARSE,
    /// The codec states a frame rate.
    NONE,
    /// There is only one frame.
    STILL
  }

  /// Bytes in front of the media that are passed over.
  static final int MAX_LEADING_BYTES = 64 * 1024;

  private static final Set<String> MP4_FIRST_BOXES =
      Set.of("ftyp", "styp", "moov", "moof", "mdat", "free", "skip", "wide", "sidx", "emsg");
  private static final byte[] EBML = {0x1A, 0x45, (byte) 0xDF, (byte) 0xA3};
  private static final byte[] ASF_HEADER =
      HexFormat.of().parseHex("3026b2758e66cf11a6d900aa0062ce6c");

  private final String demuxer;
  private final String displayName;
  private final String title;
  private final String contentType;
  private final Clock clock;

  ContainerFormat(
      String demuxer, String displayName, String title, String contentType, Clock clock) {
    this.demuxer = demuxer;
    this.displayName = displayName;
    this.title = title;
    this.contentType = contentType;
    this.clock = clock;
  }

  /// FFmpeg's name for the demuxer.
  public String demuxer() {
    return demuxer;
  }

  public String displayName() {
    return displayName;
  }

  /// MIME type.
  public String contentType() {
    return contentType;
  }

  public Clock clock() {
    return clock;
  }

  /// A container in some bytes.
  ///
  /// @param from where it begins
  public record Sniffed(ContainerFormat container, long from) {}

  /// Recognizes the container by its first bytes, and passes over foreign bytes in front of it.
  ///
  /// @throws UnreadableMediaException EMPTY, NOT_MEDIA or UNSUPPORTED_CONTAINER
  public static Sniffed sniff(MemorySegment bytes) throws UnreadableMediaException {
    if (bytes.byteSize() == 0) {
      throw new UnreadableMediaException(Reason.EMPTY, "the segment is empty");
    }
    Optional<ContainerFormat> first = at(bytes);
    if (first.isPresent()) {
      return new Sniffed(first.get(), 0);
    }
    String other = otherContainer(bytes);
    if (!other.isEmpty()) {
      throw new UnreadableMediaException(
          Reason.UNSUPPORTED_CONTAINER, other + " is not supported; supported are " + titles());
    }
    long last = Math.min(MAX_LEADING_BYTES, bytes.byteSize());
    for (long from = 1; from < last; from++) {
      Optional<ContainerFormat> found = afterForeignBytes(bytes.asSlice(from));
      if (found.isPresent()) {
        return new Sniffed(found.get(), from);
      }
    }
    throw new UnreadableMediaException(
        Reason.NOT_MEDIA,
        "%d bytes that start with %s: none of %s"
            .formatted(bytes.byteSize(), firstBytes(bytes), titles()));
  }

  private static String titles() {
    return Arrays.stream(values()).map(one -> one.title).collect(Collectors.joining(", "));
  }

  private static Optional<ContainerFormat> at(MemorySegment bytes) {
    if (bytes.byteSize() >= 12) {
      if (startsWith(bytes, EBML)) {
        return Optional.of(MATROSKA);
      }
      if (MP4_FIRST_BOXES.contains(fourCc(bytes, 4))) {
        return Optional.of(MP4);
      }
      Optional<ContainerFormat> unmistakable = byLongName(bytes);
      if (unmistakable.isPresent()) {
        return unmistakable;
      }
    }
    if (TransportPackets.packetBytes(bytes, 2) > 0) {
      return Optional.of(MPEG_TS);
    }
    return byStartCode(bytes).or(() -> picture(bytes));
  }

  private static Optional<ContainerFormat> byLongName(MemorySegment bytes) {
    if (fourCc(bytes, 0).equals("RIFF") && fourCc(bytes, 8).equals("AVI ")) {
      return Optional.of(AVI);
    }
    if (fourCc(bytes, 0).equals("FLV\u0001")) {
      return Optional.of(FLV);
    }
    return startsWith(bytes, ASF_HEADER) ? Optional.of(ASF) : Optional.empty();
  }

  private static Optional<ContainerFormat> picture(MemorySegment bytes) {
    if (bytes.byteSize() < 12) {
      return Optional.empty();
    }
    String name = fourCc(bytes, 0);
    if (name.equals("RIFF") && fourCc(bytes, 8).equals("WEBP")) {
      return Optional.of(WEBP);
    }
    if (name.equals("\u0089PNG")) {
      return Optional.of(PNG);
    }
    if (name.startsWith("\u00ff\u00d8\u00ff")) {
      return Optional.of(JPEG);
    }
    return name.startsWith("BM") && unsigned(bytes, 6) == 0 && unsigned(bytes, 7) == 0
        ? Optional.of(BMP)
        : Optional.empty();
  }

  /// Streams that begin with a start code `00 00 01` (ISO/IEC 13818-1 §2.5, 13818-2 §6.2; ITU-T
  /// H.264 and H.265, annexes B).
  private static Optional<ContainerFormat> byStartCode(MemorySegment bytes) {
    int at = 0;
    while (at < 8 && at < bytes.byteSize() && unsigned(bytes, at) == 0) {
      at++;
    }
    if (at < 2 || bytes.byteSize() < at + 4L || unsigned(bytes, at) != 1) {
      return Optional.empty();
    }
    int code = unsigned(bytes, at + 1);
    int next = unsigned(bytes, at + 2);
    if (code == 0xBA) {
      return Optional.of(MPEG_PS);
    }
    if (code == 0xB3) {
      return Optional.of(MPEG_VIDEO_STREAM);
    }
    int hevcType = code >> 1;
    if (code < 0x80 && (code & 1) == 0 && next == 1 && hevcType >= 32 && hevcType <= 35) {
      return Optional.of(HEVC_STREAM);
    }
    int h264Type = code & 0x1f;
    boolean h264 = code < 0x80 && List.of(6, 7, 9).contains(h264Type);
    return h264 ? Optional.of(H264_STREAM) : Optional.empty();
  }

  private static Optional<ContainerFormat> afterForeignBytes(MemorySegment bytes) {
    if (TransportPackets.packetBytes(bytes, TransportPackets.SURE) > 0) {
      return Optional.of(MPEG_TS);
    }
    if (bytes.byteSize() < 64) {
      return Optional.empty();
    }
    if (unsigned(bytes, 4) == 'f' && fourCc(bytes, 4).equals("ftyp")) {
      long size = u32(bytes, 0);
      boolean followed =
          size >= 16
              && size <= 1024
              && size + 8 <= bytes.byteSize()
              && MP4_FIRST_BOXES.contains(fourCc(bytes, size + 4));
      return followed ? Optional.of(MP4) : Optional.empty();
    }
    if (startsWith(bytes, EBML)) {
      String header =
          new String(
              bytes.asSlice(0, 64).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1);
      return header.contains("matroska") || header.contains("webm")
          ? Optional.of(MATROSKA)
          : Optional.empty();
    }
    return byLongName(bytes);
  }

  private static String otherContainer(MemorySegment bytes) {
    if (bytes.byteSize() < 12) {
      return "";
    }
    String first = fourCc(bytes, 0);
    if (first.equals("RIFF")) {
      return "RIFF/" + fourCc(bytes, 8).strip();
    }
    return switch (first) {
      case "OggS" -> "Ogg";
      case "fLaC" -> "FLAC";
      case "GIF8" -> "GIF";
      case "%PDF" -> "PDF";
      case "#EXT" -> "a playlist";
      default -> first.startsWith("ID3") ? "MP3" : "";
    };
  }

  private static boolean startsWith(MemorySegment bytes, byte[] name) {
    return bytes.byteSize() >= name.length
        && bytes.asSlice(0, name.length).mismatch(MemorySegment.ofArray(name)) < 0;
  }

  private static int unsigned(MemorySegment bytes, long at) {
    return bytes.get(ValueLayout.JAVA_BYTE, at) & 0xff;
  }

  private static long u32(MemorySegment bytes, long at) {
    return (long) unsigned(bytes, at) << 24
        | unsigned(bytes, at + 1) << 16
        | unsigned(bytes, at + 2) << 8
        | unsigned(bytes, at + 3);
  }

  static String fourCc(MemorySegment bytes, long at) {
    return new String(
        bytes.asSlice(at, 4).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1);
  }

  private static String firstBytes(MemorySegment bytes) {
    return HexFormat.ofDelimiter(" ")
        .formatHex(bytes.asSlice(0, Math.min(8, bytes.byteSize())).toArray(ValueLayout.JAVA_BYTE));
  }
}
