package io.chronoscope.ort;

import java.util.Locale;

/// The device that a session computes on.
public sealed interface Device {

  /// The CPU that the JVM runs on.
  record Cpu() implements Device {}

  /// An NVIDIA GPU; what it takes is in [CudaSupport].
  ///
  /// @param ordinal the driver's device number
  record Cuda(int ordinal) implements Device {

    public Cuda {
      if (ordinal < 0) {
        throw new IllegalArgumentException("CUDA device ordinal must not be negative: " + ordinal);
      }
    }
  }

  Device CPU = new Cpu();

  /// @param name `cpu`, `cuda` or `cuda:ORDINAL`, in any case
  /// @throws IllegalArgumentException for any other name
  static Device parse(String name) {
    String device = name.toLowerCase(Locale.ROOT);
    if (device.equals("cpu")) {
      return CPU;
    }
    if (device.equals("cuda")) {
      return new Cuda(0);
    }
    if (device.matches("cuda:\\d{1,3}")) {
      return new Cuda(Integer.parseInt(device.substring("cuda:".length())));
    }
    throw new IllegalArgumentException(
        "device " + device + ": known are cpu, cuda and cuda:ORDINAL");
  }
}
