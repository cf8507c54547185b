package io.chronoscope.decode;

/// Which hardware decodes video, if any.
public enum HardwareDecoding {
  /// The CPU decodes.
  NONE,
  /// NVIDIA's decoder (NVDEC).
  CUDA,
  /// A decoder behind Linux's VA-API, such as Intel's or AMD's.
  VAAPI,
  /// The first of them that is there, else the CPU.
  AUTO
}
