/// The codecs, and what their bitstreams say without being decoded, in plain Java: NAL units,
/// headers, parameter sets, start codes.
///
/// [io.chronoscope.decode.bitstream.VideoCodec] is the whitelist. `PacketKinds` says where a
/// decoder can begin and what it may skip, `Dependence` from where on frames are whole again after
/// damage, and `BrokenBytes` what no encoder writes. `CabacState`, `BoolDecoderState` and
/// `BitReaderState` say whether an entropy decoder that stands there has read a payload to its end.
@NullMarked
package io.chronoscope.decode.bitstream;

import org.jspecify.annotations.NullMarked;
