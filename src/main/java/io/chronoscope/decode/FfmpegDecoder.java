package io.chronoscope.decode;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/// Decodes segments with FFmpeg, in this process. Has no state: one instance serves any number of
/// threads; a call works on its own thread (plus FFmpeg's, when more than one is asked for) and
/// frees all native memory before it returns or throws.
///
/// Reads MP4, fragmented MP4, MPEG-TS, Matroska and WebM with H.264, HEVC, VP8, VP9, AV1, MPEG-4
/// Part 2, MPEG-2 or Motion JPEG video; the first video stream that is no cover picture. Everything
/// else is refused before FFmpeg's demuxers or decoders see it.
///
/// Frame times count from the segment's time zero: in an MP4 that is presentation time zero, in
/// fragments of a longer presentation the first one's decode time, in MPEG-TS and Matroska the
/// earliest presentation time. A frame is shown until the next one; the last for its own duration.
/// Time wraps in a transport stream after 26.5 hours, and is counted on. See [FrameTiming] for
/// frames without a time and for holes.
///
/// A segment is TRUNCATED when its container declares more than is there: a box or element that
/// ends behind the last byte, a missing `moov`, a transport packet cut short, fewer samples than
/// the index lists. It is CORRUPT when it cannot be demuxed, or when more than half of its frames
/// are damaged (marked so by the decoder, refused by it, or out of order in time); BAD_TIME when
/// that is because most of them are out of order, or when times cannot be known.
public final class FfmpegDecoder implements MediaDecoder {

  private final int threads;

  public FfmpegDecoder() {
    this(1);
  }

  /// @param threads decoding threads a call; one is right when many streams decode at once
  public FfmpegDecoder(int threads) {
    if (threads < 1 || threads > 64) {
      throw new IllegalArgumentException("decoding threads: " + threads);
    }
    this.threads = threads;
  }

  @Override
  public MediaFacts decode(ByteBuffer media, DecodeLimits limits, FrameSink sink)
      throws UnreadableMediaException {
    try (VideoInput input = VideoInput.open(MemorySegment.ofBuffer(media), limits);
        DecodeLoop loop = new DecodeLoop(input, limits, sink, threads)) {
      input.onlyStatedTimes();
      return loop.run();
    }
  }
}
