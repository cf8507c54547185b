/// Media bytes to timed frames, and files to chunks. The only package that knows FFmpeg.
///
/// One way in: `MediaStructure` (package `container`) recognizes the container by its first bytes
/// and checks from its outer structure that it is complete, before any demuxer sees it.
/// `VideoInput` opens it over `MemoryInput` through `Demuxer`, which sets the container, codec and
/// protocol whitelists, and selects the video stream. `VideoPackets` reads its packets and gives
/// them their times, which `PacketTimes` repairs. Everything in this package that reads media
/// starts there.
///
/// Decoding a segment: [io.chronoscope.decode.FfmpegDecoder] lets `DecodeLoop` feed the decoder.
/// `FrameTiming` decides when each frame is displayed, and what is a gap by the `StallRule`;
/// `PictureConverter` converts the wanted frames to pictures.
///
/// For a sink that says beforehand which frames it wants, `SelectiveDecode` comes first:
/// `TimedPackets` times the frames by their packets, `PacketKinds` reads what packets depend on,
/// and `DecodePlan` leaves out what is not needed. Where that does not hold, `DecodeLoop` decodes
/// the whole segment.
///
/// A damaged frame is not offered to a sink: `DamageDetector` decides for each packet whether its
/// frame is intact, from `TransportLosses`, `BrokenBytes`, the `DecoderLog` and `PayloadEnd`, which
/// sees in a decoder's memory (`DecoderMemory`) where it stopped reading. `DamageSpread` follows
/// damage to the frames that depend on it (`Dependence`). `ClipVariants` writes the clips that
/// `bench damage` damages.
///
/// To add a codec, add it to `VideoCodec` in `bitstream`, the whitelist with what is special about
/// each; `SupportedCodecs` finds the one that a stream of FFmpeg has. `DecoderFactory` is the only
/// place that opens decoders, in software or on a `HardwareDevice`.
///
/// Live video: a [io.chronoscope.decode.LiveReader] reads one connection. `FfmpegLiveReader` does
/// it here: an RTSP server's by FFmpeg's own network code under a `ReadWatch`, everything else as a
/// [io.chronoscope.decode.ByteFeed] through `FeedInput`. `LiveCutter` cuts its packets at key
/// frames; `LiveEncoder` in front of it makes such packets where there are none. Callers open
/// readers through [io.chronoscope.decode.LiveReaders], so that a worker process may read.
///
/// Whatever else is made of media is a [io.chronoscope.decode.MediaTask], a value, so that a worker
/// process may do it: `MediaTasks` does it, and gives a [io.chronoscope.decode.TaskSink] what it
/// makes. Callers ask a [io.chronoscope.decode.MediaTaskRunner] or open a
/// [io.chronoscope.decode.MediaFile].
///
/// In the other direction, [io.chronoscope.decode.MediaCutter] cuts a file where `CutPlan` allows,
/// and writes the packets with `SegmentMuxer` as self-contained segments, and
/// [io.chronoscope.decode.VideoRepeater] makes a long file from a short one.
@NullMarked
package io.chronoscope.decode;

import org.jspecify.annotations.NullMarked;
