package io.chronoscope.decode.container;

import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What the outer structure of a segment or file shows before any demuxer sees it.
///
/// @param media the bytes of the container, without foreign ones around it
/// @param strayBytes foreign bytes before and after it, and incomplete packets
/// @param fragments whether it is an MP4 whose samples are all in fragments: possibly a part of a
///   longer presentation, whose clock it has
/// @param fragmentStartMicros decode time of the first fragment, else 0
/// @param transport of a transport stream
public record MediaStructure(
    ContainerFormat container,
    MemorySegment media,
    long strayBytes,
    boolean fragments,
    long fragmentStartMicros,
    Optional<TransportPackets> transport) {

  /// Streams of one input, of all kinds: those of a full satellite transponder.
  public static final int MAX_STREAMS = 256;

  private static final long MAX_ASF_HEADER_BYTES = 8 * 1024;
  private static final List<MemorySegment> ASF_ENCRYPTION =
      Stream.of("fbb3112223bdd211b4b700a0c955fc6e", "14e68a292226174cb935dae07ee9289c")
          .map(name -> MemorySegment.ofArray(HexFormat.of().parseHex(name)))
          .toList();

  /// Recognizes the container and checks that it is complete, as far as its outer structure shows,
  /// and that its index declares nothing that cannot be.
  ///
  /// @throws UnreadableMediaException EMPTY, NOT_MEDIA, UNSUPPORTED_CONTAINER, TRUNCATED, CORRUPT,
  ///   TOO_LONG, or UNSUPPORTED_CODEC for encrypted video
  public static MediaStructure of(MemorySegment bytes, long maxFrames)
      throws UnreadableMediaException {
    ContainerFormat.Sniffed sniffed = ContainerFormat.sniff(bytes);
    MemorySegment media = bytes.asSlice(sniffed.from());
    return switch (sniffed.container()) {
      case MP4 -> {
        Mp4Boxes.Contents contents = new Mp4Boxes(media, maxFrames).check();
        yield new MediaStructure(
            ContainerFormat.MP4,
            media.asSlice(0, contents.mediaBytes()),
            bytes.byteSize() - contents.mediaBytes(),
            contents.fragmentsOnly(),
            contents.fragmentStartMicros(),
            Optional.empty());
      }
      case MPEG_TS -> {
        TransportPackets packets = new TransportPackets(media, sniffed.from());
        long length = media.byteSize() - packets.strayBytes();
        yield new MediaStructure(
            ContainerFormat.MPEG_TS,
            media.asSlice(0, length),
            bytes.byteSize() - length,
            false,
            0,
            Optional.of(packets));
      }
      case MATROSKA -> {
        MatroskaElements.checkComplete(media);
        yield plain(sniffed, media);
      }
      case ASF -> {
        requireNotProtected(media);
        yield plain(sniffed, media);
      }
      case MPEG_PS, AVI, FLV, H264_STREAM, HEVC_STREAM, MPEG_VIDEO_STREAM, JPEG, PNG, WEBP, BMP ->
          plain(sniffed, media);
    };
  }

  /// An ASF header that announces encrypted content has one of two objects (ASF specification 1.2,
  /// §3.16 and §3.17).
  private static void requireNotProtected(MemorySegment media) throws UnreadableMediaException {
    long last = Math.min(MAX_ASF_HEADER_BYTES, media.byteSize()) - 16;
    for (long at = 0; at <= last; at++) {
      MemorySegment name = media.asSlice(at, 16);
      for (MemorySegment encryption : ASF_ENCRYPTION) {
        if (name.get(ValueLayout.JAVA_BYTE, 0) == encryption.get(ValueLayout.JAVA_BYTE, 0)
            && name.mismatch(encryption) < 0) {
          throw new UnreadableMediaException(
              Reason.UNSUPPORTED_CODEC, "the video is encrypted (ASF content encryption)");
        }
      }
    }
  }

  private static MediaStructure plain(ContainerFormat.Sniffed sniffed, MemorySegment media) {
    return new MediaStructure(
        sniffed.container(), media, sniffed.from(), false, 0, Optional.empty());
  }

  /// An input with more than [#MAX_STREAMS].
  public static UnreadableMediaException tooManyStreams() {
    return new UnreadableMediaException(
        Reason.UNSUPPORTED_CONTAINER,
        "it has more than %d streams, the limit".formatted(MAX_STREAMS));
  }
}
