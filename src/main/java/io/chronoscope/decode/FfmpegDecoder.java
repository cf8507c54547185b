package io.chronoscope.decode;

import io.chronoscope.domain.UnreadableMediaException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Optional;

/// Decodes segments with FFmpeg in this process. Stateless: one instance serves any number of
/// threads. A call works on its own thread (plus FFmpeg's threads when more than one is requested)
/// and frees all native memory before it returns or throws.
///
/// Supports the containers of [ContainerFormat] with the codecs of [VideoCodec]. Of several video
/// streams it decodes the default or else the largest one. Everything else is rejected before
/// FFmpeg's demuxers or decoders see it. [DecoderFactory] chooses the decoder for a codec.
///
/// Frame times are relative to the segment's time zero; [VideoPackets] says which that is, and
/// repairs the times that packets state. A frame is displayed until the next one, the last one for
/// its own duration. See [FrameTiming] for gaps.
///
/// For a [MediaDecoder.SelectiveSink], frames on which no wanted frame depends are not decoded
/// ([SelectiveDecode]). What only decoding shows of damage in those is not noticed; a segment with
/// any other damage is decoded as a whole.
///
/// A damaged frame is not offered to the sink, nor is one that depends on it ([DamageDetector]);
/// the time is in [MediaFacts#damage] or, if it is longer, in [MediaFacts#gaps].
///
/// A segment is TRUNCATED when its container declares more than is present: a box or element that
/// ends after the last byte, a missing `moov`, an incomplete transport packet, fewer samples than
/// the index lists. It is CORRUPT when it cannot be demuxed, or when none of its frames is intact.
/// It is BAD_TIME when a third of its frames are out of order in time, or when frame times cannot
/// be determined.
public final class FfmpegDecoder implements MediaDecoder {

  private final DecoderOptions options;

  public FfmpegDecoder() {
    this(DecoderOptions.EXACT);
  }

  public FfmpegDecoder(DecoderOptions options) {
    this.options = options;
  }

  @Override
  public MediaFacts decode(String stream, ByteBuffer media, DecodeLimits limits, FrameSink sink)
      throws UnreadableMediaException {
    try (VideoPackets packets = VideoPackets.open(MemorySegment.ofBuffer(media), limits)) {
      if (sink instanceof SelectiveSink selective) {
        Optional<MediaFacts> facts = decodeSelected(packets, limits, selective);
        if (facts.isPresent()) {
          return facts.get();
        }
        selective.restart();
      }
      try (DecodeLoop loop = new DecodeLoop(packets, limits, sink, options)) {
        return loop.run();
      }
    }
  }

  private Optional<MediaFacts> decodeSelected(
      VideoPackets packets, DecodeLimits limits, SelectiveSink sink)
      throws UnreadableMediaException {
    try (SelectiveDecode decode = new SelectiveDecode(packets, limits, sink, options)) {
      return decode.run();
    }
  }
}
