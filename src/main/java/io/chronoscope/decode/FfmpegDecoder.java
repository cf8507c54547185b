package io.chronoscope.decode;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Optional;

/// Decodes segments with FFmpeg in this process. Stateless: one instance serves any number of
/// threads. A call works on its own thread (plus FFmpeg's threads when more than one is requested)
/// and frees all native memory before it returns or throws.
///
/// Supports MP4, fragmented MP4, MPEG-TS, Matroska and WebM with the codecs of [VideoCodec] (H.264,
/// HEVC, VP8, VP9, AV1, MPEG-4 Part 2, MPEG-2 and Motion JPEG). It decodes the first video stream
/// that is not a cover picture. Everything else is rejected before FFmpeg's demuxers or decoders
/// see it. [DecoderFactory] chooses the decoder for a codec.
///
/// Frame times are relative to the segment's time zero: presentation time zero in an MP4, the first
/// fragment's decode time in fragments of a longer presentation, the earliest presentation time in
/// MPEG-TS and Matroska. A frame is displayed until the next one, the last one for its own
/// duration. The clock of a transport stream wraps after 26.5 hours; times are unwrapped. See
/// [FrameTiming] for frames without a time and for gaps.
///
/// For a [MediaDecoder.SelectiveSink], frames on which no wanted frame depends are not decoded
/// ([SelectiveDecode]). Damage in those is not noticed; a segment with any other damage is decoded
/// as a whole.
///
/// A segment is TRUNCATED when its container declares more than is present: a box or element that
/// ends after the last byte, a missing `moov`, an incomplete transport packet, fewer samples than
/// the index lists. It is CORRUPT when it cannot be demuxed, or when more than half of its frames
/// are damaged (marked by the decoder, rejected by it, or out of order in time). It is BAD_TIME
/// when most of the damaged frames are out of order, or when frame times cannot be determined.
public final class FfmpegDecoder implements MediaDecoder {

  private final int threads;

  public FfmpegDecoder() {
    this(1);
  }

  /// @param threads decoding threads per call, 1 to 64; 1 suits many streams that decode at once
  public FfmpegDecoder(int threads) {
    if (threads < 1 || threads > 64) {
      throw new IllegalArgumentException("decoding threads must be 1 to 64: " + threads);
    }
    this.threads = threads;
  }

  @Override
  public MediaFacts decode(ByteBuffer media, DecodeLimits limits, FrameSink sink)
      throws UnreadableMediaException {
    if (sink instanceof SelectiveSink selective) {
      Optional<MediaFacts> facts = decodeSelected(media, limits, selective);
      if (facts.isPresent()) {
        return facts.get();
      }
      selective.restart();
    }
    try (VideoInput input = VideoInput.open(MemorySegment.ofBuffer(media), limits);
        DecodeLoop loop = new DecodeLoop(input, limits, sink, threads)) {
      input.disableTimestampGeneration();
      return loop.run();
    }
  }

  private Optional<MediaFacts> decodeSelected(
      ByteBuffer media, DecodeLimits limits, SelectiveSink sink) throws UnreadableMediaException {
    try (VideoInput input = VideoInput.open(MemorySegment.ofBuffer(media), limits);
        SelectiveDecode decode = new SelectiveDecode(input, limits, sink, threads)) {
      input.disableTimestampGeneration();
      return decode.run();
    }
  }
}
