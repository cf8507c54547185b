package io.chronoscope.ort;

/// What a session computes on.
public sealed interface Device {

  /// The processor that the JVM runs on.
  record Cpu() implements Device {}

  /// An NVIDIA GPU. Needs the native library with CUDA kernels (Maven profile `cuda`, or
  /// `-Donnxruntime.native.path`).
  ///
  /// @param ordinal as the driver counts
  record Cuda(int ordinal) implements Device {

    public Cuda {
      if (ordinal < 0) {
        throw new IllegalArgumentException("CUDA device " + ordinal);
      }
    }
  }

  Device CPU = new Cpu();
}
