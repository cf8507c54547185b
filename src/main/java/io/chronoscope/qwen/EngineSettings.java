package io.chronoscope.qwen;

import io.chronoscope.ort.Device;
import io.chronoscope.qwen.decoder.DecodeSettings;
import java.util.Locale;

/// What the model runs on, and how.
///
/// @param device the CPU or one GPU
/// @param precision FP32 on the CPU; FP32 or BF16 on a GPU
/// @param intraOpThreads threads that share one operator; 0 takes one for a small model and all
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
      throw new IllegalArgumentException("intraOpThreads is " + intraOpThreads);
    }
    if (maxEncoderBatch < 1) {
      throw new IllegalArgumentException("maxEncoderBatch is " + maxEncoderBatch);
    }
    if (device instanceof Device.Cpu && precision == Precision.BF16) {
      throw new IllegalArgumentException(
          "precision bf16 on device cpu: ONNX Runtime has no BF16 matrix product there; use fp32"
              + " (weights stored in BF16 are converted exactly when the model opens)");
    }
  }

  /// FP32 on the CPU.
  public static EngineSettings cpu() {
    return of(Device.CPU, Precision.FP32);
  }

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

  /// From words, as on a command line.
  ///
  /// @param device `cpu`, `cuda` or `cuda:ORDINAL`
  /// @param precision `fp32`, `bf16`, or empty for the device's usual one (FP32, on CUDA BF16)
  /// @throws IllegalArgumentException for unknown words and combinations that do not work
  public static EngineSettings parse(String device, String precision) {
    Device parsed = parseDevice(device.toLowerCase(Locale.ROOT));
    Precision wanted =
        precision.isBlank()
            ? (parsed instanceof Device.Cpu ? Precision.FP32 : Precision.BF16)
            : Precision.parse(precision);
    return of(parsed, wanted);
  }

  private static Device parseDevice(String device) {
    if (device.equals("cpu")) {
      return Device.CPU;
    }
    if (device.equals("cuda")) {
      return new Device.Cuda(0);
    }
    if (device.matches("cuda:\\d{1,3}")) {
      return new Device.Cuda(Integer.parseInt(device.substring("cuda:".length())));
    }
    throw new IllegalArgumentException(
        "device " + device + ": known are cpu, cuda and cuda:ORDINAL");
  }
}
