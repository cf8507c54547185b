/// Media bytes to timed frames, and files to chunks. The only package that knows FFmpeg.
///
/// The route of a segment: [io.chronoscope.decode.FfmpegDecoder] lets `ContainerFormat` tell from
/// the first bytes what it is, and from its outer structure whether all of it is there, before any
/// demuxer sees it; `VideoInput` opens it over `MemoryInput` with container, codec and protocol
/// whitelists and picks the video; `FrameLoop` turns packets to frames and gives each its time;
/// `PictureConverter` makes pictures of those that are wanted. The other way round,
/// [io.chronoscope.decode.MediaCutter] reads a file's packets and lets `SegmentMuxer` write them
/// down again as self-contained segments; [io.chronoscope.decode.VideoRepeater] makes long files of
/// short ones.
@NullMarked
package io.chronoscope.decode;

import org.jspecify.annotations.NullMarked;
