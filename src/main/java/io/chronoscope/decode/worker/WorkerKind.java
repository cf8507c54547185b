package io.chronoscope.decode.worker;

/// What a worker does.
public enum WorkerKind {
  /// Decodes chunks.
  CHUNKS,
  /// Reads a file.
  FILE,
  /// Reads a live source whose bytes arrive in the parent.
  SOURCE,
  /// Reads an RTSP server, to which it connects itself.
  SERVER;

  /// For people, in the plural.
  public String words() {
    return switch (this) {
      case CHUNKS -> "decode workers";
      case FILE -> "workers for files";
      case SOURCE -> "workers for live sources";
      case SERVER -> "workers for RTSP sources, which may connect until they find the video,";
    };
  }
}
