package io.chronoscope.decode;

import io.chronoscope.decode.bitstream.BitReaderState;
import io.chronoscope.decode.bitstream.BoolDecoderState;
import io.chronoscope.decode.bitstream.CabacState;
import io.chronoscope.decode.bitstream.VideoCodec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.javacpp.Loader;

/// Where FFmpeg's decoders hold the state of their arithmetic decoders and bit readers. It is
/// private to FFmpeg, and no function of it tells it; the offsets are those of one release on one
/// platform, and with any other nothing is read ([#isKnown]). `PayloadEndTest` fails when the
/// release changes.
///
/// Safe to read after a packet was decoded in one thread, as long as the decoder is open: each
/// structure is recognized by its pointer back to the decoder before anything else is read of it.
final class DecoderMemory {

  /// libavcodec of FFmpeg 8.1.2.
  private static final int RELEASE = 62 << 16 | 28 << 8 | 102;

  private static final String PLATFORM = "linux-x86_64";

  // HEVCContext and HEVCLocalContext, H264Context and H264SliceContext: CABACContext within.
  private static final Slices HEVC = new Slices(16, 216, 224);
  private static final Slices H264 = new Slices(30024, 0, 33648);

  // VP8Context: the coder of headers and modes, those of coefficients, and how many.
  private static final long VP8_MODES = 312;
  private static final long VP8_PARTITIONS = 4760;
  private static final long VP8_COEFFICIENTS = 4768;
  private static final int VP8_MAX_PARTITIONS = 8;

  // VP9Context: the coder of the compressed header; VP9TileData: the first and last of the tiles'.
  private static final long VP9_HEADER = 3784;
  private static final long VP9_TILE_DATA = 1296;
  private static final int VP9_MAX_TILES = 64;

  // H264SliceContext: GetBitContext within.
  private static final long H264_BITS = 8;

  // H263DecContext: the pointer to the decoder, GetBitContext.
  private static final long MPEG4_PARENT = 344;
  private static final long MPEG4_BITS = 4384;

  private static final long BIT_READER_BYTES = 24;
  private static final long POINTER_BYTES = 8;
  private static final long CODER_BYTES = 32;

  /// @param context offset of the pointer to the slice's context in the decoder's
  /// @param parent offset of the pointer back in the slice's context
  /// @param coder offset of the arithmetic decoder in the slice's context
  private record Slices(long context, long parent, long coder) {}

  private DecoderMemory() {}

  /// Whether this is the release and the platform whose layout is known.
  static boolean isKnown() {
    return avcodec.avcodec_version() == RELEASE && PLATFORM.equals(Loader.getPlatform());
  }

  /// The arithmetic decoder of the last slice; empty when there was none.
  static Optional<CabacState> slice(VideoCodec codec, AVCodecContext decoder) {
    return cabac(codec == VideoCodec.HEVC ? HEVC : H264, decoder);
  }

  private static Optional<CabacState> cabac(Slices layout, AVCodecContext decoder) {
    long slice = sliceContext(layout, decoder);
    if (slice == 0) {
      return Optional.empty();
    }
    MemorySegment coder = at(slice + layout.coder, CODER_BYTES);
    return Optional.of(
        new CabacState(
            coder.get(ValueLayout.JAVA_INT, 0),
            coder.get(ValueLayout.JAVA_INT, 4),
            coder.get(ValueLayout.JAVA_LONG, 8),
            coder.get(ValueLayout.JAVA_LONG, 16),
            coder.get(ValueLayout.JAVA_LONG, 24)));
  }

  /// @return address; 0 when there is none
  private static long sliceContext(Slices layout, AVCodecContext decoder) {
    long context = decoder.priv_data().address();
    if (pointer(context, POINTER_BYTES) != decoder.address()) {
      return 0;
    }
    long slice = pointer(context, layout.context);
    return slice != 0 && pointer(slice, layout.parent) == context ? slice : 0;
  }

  /// The bit reader of the last slice of H.264, which reads all of a slice without CABAC.
  static Optional<BitReaderState> sliceBits(AVCodecContext decoder) {
    long slice = sliceContext(H264, decoder);
    return slice == 0 ? Optional.empty() : Optional.of(bitReader(slice + H264_BITS));
  }

  /// The bit reader of the last picture of MPEG-4 Part 2.
  static Optional<BitReaderState> pictureBits(AVCodecContext decoder) {
    long context = decoder.priv_data().address();
    return pointer(context, MPEG4_PARENT) == decoder.address()
        ? Optional.of(bitReader(context + MPEG4_BITS))
        : Optional.empty();
  }

  private static BitReaderState bitReader(long address) {
    MemorySegment reader = at(address, BIT_READER_BYTES);
    return new BitReaderState(
        reader.get(ValueLayout.JAVA_LONG, 0),
        reader.get(ValueLayout.JAVA_INT, 8),
        reader.get(ValueLayout.JAVA_INT, 12));
  }

  /// The arithmetic decoders of the last frame.
  static List<BoolDecoderState> partitions(VideoCodec codec, AVCodecContext decoder) {
    long context = decoder.priv_data().address();
    return codec == VideoCodec.VP8 ? ofVp8(context, decoder) : ofVp9(context);
  }

  private static List<BoolDecoderState> ofVp8(long context, AVCodecContext decoder) {
    if (pointer(context, POINTER_BYTES) != decoder.address()) {
      return List.of();
    }
    int count = at(context, VP8_COEFFICIENTS).get(ValueLayout.JAVA_INT, VP8_PARTITIONS);
    List<BoolDecoderState> states = new ArrayList<>();
    states.add(boolDecoder(context + VP8_MODES));
    for (int i = 0; i < Math.min(count, VP8_MAX_PARTITIONS); i++) {
      states.add(boolDecoder(context + VP8_COEFFICIENTS + i * CODER_BYTES));
    }
    return states;
  }

  private static List<BoolDecoderState> ofVp9(long context) {
    long tiles = pointer(context, VP9_TILE_DATA);
    if (tiles == 0 || pointer(tiles, 0) != context) {
      return List.of();
    }
    long first = pointer(tiles, POINTER_BYTES);
    long last = pointer(tiles, 2 * POINTER_BYTES);
    List<BoolDecoderState> states = new ArrayList<>();
    states.add(boolDecoder(context + VP9_HEADER));
    if (first != 0 && last >= first && last - first < VP9_MAX_TILES * CODER_BYTES) {
      for (long coder = first; coder <= last; coder += CODER_BYTES) {
        states.add(boolDecoder(coder));
      }
    }
    return states;
  }

  private static BoolDecoderState boolDecoder(long address) {
    MemorySegment coder = at(address, CODER_BYTES);
    return new BoolDecoderState(
        coder.get(ValueLayout.JAVA_INT, 4),
        coder.get(ValueLayout.JAVA_LONG, 8),
        coder.get(ValueLayout.JAVA_LONG, 16),
        coder.get(ValueLayout.JAVA_INT, 24));
  }

  private static long pointer(long structure, long offset) {
    return at(structure + offset, POINTER_BYTES).get(ValueLayout.JAVA_LONG, 0);
  }

  private static MemorySegment at(long address, long bytes) {
    return MemorySegment.ofAddress(address).reinterpret(bytes);
  }
}
