/// Media bytes to timed frames, and files to chunks. The only package that knows FFmpeg.
///
/// Decoding a segment: [io.chronoscope.decode.FfmpegDecoder] lets `ContainerFormat` recognize the
/// container by its first bytes and check from its outer structure that the segment is complete,
/// before any demuxer sees it. `VideoInput` opens it over `MemoryInput` through `Demuxer`, which
/// sets the container, codec and protocol whitelists, and selects the video stream. `DecodeLoop`
/// feeds the decoder, `FrameTiming` decides when each frame is displayed (`UntimedFrames` buffers
/// those that state no time), and `PictureConverter` converts the wanted ones to pictures.
///
/// For a sink that says beforehand which frames it wants, `SelectiveDecode` comes first:
/// `TimedPackets` times the frames by their packets, `PacketKinds` reads what packets depend on,
/// and `DecodePlan` leaves out what is not needed. Where that does not hold, `DecodeLoop` decodes
/// the whole segment.
///
/// To add a codec, add it to `VideoCodec`, the whitelist with what is special about each codec. To
/// add a hardware decoder, change `DecoderFactory`, the only place that opens decoders.
///
/// Live video: [io.chronoscope.decode.LiveReader] reads one connection, an RTSP server's by
/// FFmpeg's own network code under a `ReadWatch`, everything else as a
/// [io.chronoscope.decode.ByteFeed] through `FeedInput`. `LiveCutter` cuts its packets at key
/// frames; `LiveEncoder` in front of it makes such packets where there are none.
///
/// In the other direction, [io.chronoscope.decode.MediaCutter] reads a file's packets and writes
/// them with `SegmentMuxer` as self-contained segments, and [io.chronoscope.decode.VideoRepeater]
/// makes a long file from a short one.
@NullMarked
package io.chronoscope.decode;

import org.jspecify.annotations.NullMarked;
