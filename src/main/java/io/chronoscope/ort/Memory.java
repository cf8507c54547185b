package io.chronoscope.ort;

/// Where the elements of a tensor are.
public enum Memory {
  /// Ordinary memory of the host.
  HOST,
  /// Page-locked memory of the host, from which a GPU copies without an intermediate copy. On the
  /// CPU ordinary memory.
  PINNED,
  /// Memory of the device that a session computes on. On the CPU ordinary memory.
  DEVICE
}
