package io.chronoscope.decode.worker;

/// Where chunks are decoded.
public enum Isolation {
  /// In worker processes with limits ([DecodePool#ofWorkers]).
  PROCESS,
  /// In this process, where a crash of the decoder is the crash of all streams.
  IN_PROCESS
}
