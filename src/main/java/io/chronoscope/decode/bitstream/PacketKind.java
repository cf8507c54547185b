package io.chronoscope.decode.bitstream;

/// What the decoding of later packets needs of a packet, as the packet itself says.
public enum PacketKind {

  /// Decoding can start here. Frames that are displayed at or after this one's depend on nothing
  /// before it; those displayed before it but decoded after it (leading frames) may.
  RANDOM_ACCESS,

  /// Later frames may depend on it.
  REFERENCE,

  /// No other frame depends on it.
  DISPOSABLE
}
