package io.chronoscope.qwen;

import io.chronoscope.ort.Device;
import io.chronoscope.qwen.decoder.DecodeSettings;

/// The device and precision that the model runs with, and its batch sizes.
///
/// @param device the CPU or one GPU
/// @param precision FP32 on the CPU; FP32 or BF16 on a GPU
/// @param intraOpThreads threads that share one operator; 0 means one for a small model and all
///   cores for any other
/// @param maxEncoderBatch frame pairs that are encoded together at most
/// @param decoding batches and runs of the decoder
public record EngineSettings(
    Device device,
    Precision precision,
    int intraOpThreads,
    int maxEncoderBatch,
    DecodeSettings decoding) {

  public EngineSettings {
    if (intraOpThreads < 0) {
      throw new IllegalArgumentException("intraOpThreads must not be negative: " + intraOpThreads);
    }
    if (maxEncoderBatch < 1) {
      throw new IllegalArgumentException("maxEncoderBatch must be positive: " + maxEncoderBatch);
    }
    if (device instanceof Device.Cpu && precision == Precision.BF16) {
      throw new IllegalArgumentException(
          "precision bf16 on device cpu: ONNX Runtime has no BF16 matrix product there; use fp32"
              + " (weights stored in BF16 are converted exactly when the model opens)");
    }
  }

  /// The CPU with FP32.
  public static EngineSettings cpu() {
    return of(Device.CPU, Precision.FP32);
  }

  /// The usual batch sizes for a device.
  public static EngineSettings of(Device device, Precision precision) {
    return switch (device) {
      case Device.Cpu() -> new EngineSettings(device, precision, 0, 8, DecodeSettings.CPU);
      case Device.Cuda(int ordinal) ->
          new EngineSettings(device, precision, 0, 32, DecodeSettings.CUDA);
    };
  }

  public EngineSettings withIntraOpThreads(int threads) {
    return new EngineSettings(device, precision, threads, maxEncoderBatch, decoding);
  }

  public EngineSettings withDecoding(DecodeSettings other) {
    return new EngineSettings(device, precision, intraOpThreads, maxEncoderBatch, other);
  }

  /// Parses settings, as given on a command line.
  ///
  /// @param device as in [Device#parse]
  /// @param precision `fp32`, `bf16`, or blank for the device's default (FP32 on the CPU, BF16 on
  ///   CUDA)
  /// @throws IllegalArgumentException for unknown names and unsupported combinations
  public static EngineSettings parse(String device, String precision) {
    Device parsed = Device.parse(device);
    Precision chosen =
        precision.isBlank()
            ? (parsed instanceof Device.Cpu ? Precision.FP32 : Precision.BF16)
            : Precision.parse(precision);
    return of(parsed, chosen);
  }
}
