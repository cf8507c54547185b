/// How containers are built, read in plain Java before any demuxer sees them: which one it is,
/// whether it is complete, and whether its tables can be true.
///
/// [io.chronoscope.decode.container.MediaStructure] is the way in. `ContainerFormat` recognizes a
/// container by its first bytes; `Mp4Boxes` with `SampleTables`, `MatroskaElements` and
/// `TransportPackets` check one kind each. `TransportLosses` finds what a transport stream lost on
/// its way, and `IndexInFront` moves the index of an MP4 in front of its media.
@NullMarked
package io.chronoscope.decode.container;

import org.jspecify.annotations.NullMarked;
