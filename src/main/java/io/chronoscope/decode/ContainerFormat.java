package io.chronoscope.decode;

import io.chronoscope.domain.Rejection.Reason;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.foreign.ValueLayout.OfInt;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Set;

/// The supported containers, recognized by their first bytes, so that only these three demuxers
/// ever see untrusted data.
enum ContainerFormat {
  MP4("mov", "mp4"),
  MATROSKA("matroska", "matroska"),
  MPEG_TS("mpegts", "mpegts");

  private static final OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final Set<String> MP4_FIRST_BOXES =
      Set.of("ftyp", "styp", "moov", "moof", "mdat", "free", "skip", "wide", "sidx", "emsg");
  private static final int EBML = 0x1A45DFA3;

  private final String demuxer;
  private final String displayName;

  ContainerFormat(String demuxer, String displayName) {
    this.demuxer = demuxer;
    this.displayName = displayName;
  }

  /// FFmpeg's name for the demuxer.
  String demuxer() {
    return demuxer;
  }

  String displayName() {
    return displayName;
  }

  /// Recognizes the container by its first bytes.
  ///
  /// @throws UnreadableMediaException EMPTY, NOT_MEDIA or UNSUPPORTED_CONTAINER
  static ContainerFormat sniff(MemorySegment bytes) throws UnreadableMediaException {
    if (bytes.byteSize() == 0) {
      throw new UnreadableMediaException(Reason.EMPTY, "the segment is empty");
    }
    if (bytes.byteSize() >= 8) {
      if (bytes.get(U32, 0) == EBML) {
        return MATROSKA;
      }
      if (MP4_FIRST_BOXES.contains(fourCc(bytes, 4))) {
        return MP4;
      }
    }
    if (transportPacketBytes(bytes) > 0) {
      return MPEG_TS;
    }
    String other = otherContainer(bytes);
    if (!other.isEmpty()) {
      throw new UnreadableMediaException(
          Reason.UNSUPPORTED_CONTAINER,
          other
              + " is not supported; supported are MP4, fragmented MP4, MPEG-TS, Matroska and WebM");
    }
    throw new UnreadableMediaException(
        Reason.NOT_MEDIA,
        "%d bytes that start with %s: neither MP4 nor MPEG-TS nor Matroska"
            .formatted(bytes.byteSize(), firstBytes(bytes)));
  }

  /// What the outer structure of a complete segment shows.
  ///
  /// @param fragmentStartMicros decode time of the first fragment if the segment was cut out of a
  ///   longer presentation (fragmented MP4), else 0
  /// @param mediaBytes length without what follows a complete MP4 and is no box
  record Structure(long fragmentStartMicros, long mediaBytes) {}

  /// Checks that the segment is complete, as far as its outer structure shows, and that its index
  /// declares nothing that cannot be.
  ///
  /// @throws UnreadableMediaException TRUNCATED, CORRUPT, TOO_LONG, or UNSUPPORTED_CODEC for
  ///   encrypted video
  Structure checkComplete(MemorySegment bytes, DecodeLimits limits)
      throws UnreadableMediaException {
    return switch (this) {
      case MP4 -> {
        Mp4Boxes.Contents contents = new Mp4Boxes(bytes, limits).check();
        yield new Structure(contents.fragmentStartMicros(), contents.mediaBytes());
      }
      case MATROSKA -> {
        MatroskaElements.checkComplete(bytes);
        yield new Structure(0, bytes.byteSize());
      }
      case MPEG_TS -> {
        int packet = transportPacketBytes(bytes);
        long rest = bytes.byteSize() % packet;
        if (rest != 0) {
          throw new UnreadableMediaException(
              Reason.TRUNCATED,
              "%d bytes are not a whole number of transport packets of %d bytes: the last has only %d"
                  .formatted(bytes.byteSize(), packet, rest));
        }
        yield new Structure(0, bytes.byteSize());
      }
    };
  }

  /// Transport packet size: 188, 192 with time codes, or 204 with check bytes; 0 when these are not
  /// transport packets.
  static int transportPacketBytes(MemorySegment bytes) {
    for (int size : new int[] {188, 192, 204}) {
      long first = size == 192 ? 4 : 0;
      int seen = 0;
      while (seen < 5
          && first + (long) seen * size < bytes.byteSize()
          && bytes.get(ValueLayout.JAVA_BYTE, first + (long) seen * size) == 0x47) {
        seen++;
      }
      boolean toTheEnd = first + (long) seen * size >= bytes.byteSize();
      if (seen == 5 || (seen >= 2 && toTheEnd)) {
        return size;
      }
    }
    return 0;
  }

  private static String otherContainer(MemorySegment bytes) {
    if (bytes.byteSize() < 12) {
      return "";
    }
    String first = fourCc(bytes, 0);
    int number = bytes.get(U32, 0);
    if (first.equals("RIFF")) {
      return "RIFF/" + fourCc(bytes, 8).strip();
    }
    return switch (first) {
      case "OggS" -> "Ogg";
      case "fLaC" -> "FLAC";
      case "GIF8" -> "GIF";
      case "%PDF" -> "PDF";
      case "\u0089PNG" -> "PNG";
      case "#EXT" -> "a playlist";
      default -> {
        if (first.startsWith("FLV")) {
          yield "Flash video";
        } else if (first.startsWith("ID3")) {
          yield "MP3";
        } else if (number == 0x3026B275) {
          yield "ASF";
        } else if (number == 0x000001BA) {
          yield "MPEG program stream";
        } else if (number >>> 8 == 0xFFD8FF) {
          yield "JPEG";
        }
        yield "";
      }
    };
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
