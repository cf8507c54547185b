package io.chronoscope.qwen;

import io.chronoscope.checkpoint.Checkpoint;
import io.chronoscope.ort.Device;
import io.chronoscope.qwen.decoder.DecodeSettings;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/// The device and precision that the model runs with, and its batch sizes.
///
/// @param device the CPU or one GPU
/// @param precision FP32, INT8 or INT4 on the CPU, FP32 or BF16 on a GPU; empty to choose it by the
///   checkpoint and the machine
/// @param intraOpThreads threads that share one operator; 0 means one for a small model and all
///   cores for any other
/// @param maxEncoderBatch frame pairs that are encoded together at most
/// @param decoding batches and runs of the decoder
/// @param pruneSimilarity cosine similarity to the last token kept at its place from which a
///   video's token is left out of the prompt; empty to leave out none
/// @param cacheDirectory where quantized weights are kept once they are made
public record EngineSettings(
    Device device,
    Optional<Precision> precision,
    int intraOpThreads,
    int maxEncoderBatch,
    DecodeSettings decoding,
    Optional<Double> pruneSimilarity,
    Path cacheDirectory) {

  public EngineSettings {
    if (intraOpThreads < 0) {
      throw new IllegalArgumentException("intraOpThreads must not be negative: " + intraOpThreads);
    }
    if (maxEncoderBatch < 1) {
      throw new IllegalArgumentException("maxEncoderBatch must be positive: " + maxEncoderBatch);
    }
    if (device instanceof Device.Cpu && precision.equals(Optional.of(Precision.BF16))) {
      throw new IllegalArgumentException(
          "precision bf16 on device cpu: ONNX Runtime has no BF16 matrix product there; use fp32"
              + " (weights stored in BF16 are converted exactly when the model opens)");
    }
    boolean quantized =
        precision.equals(Optional.of(Precision.INT8))
            || precision.equals(Optional.of(Precision.INT4));
    if (device instanceof Device.Cuda && quantized) {
      throw new IllegalArgumentException(
          "precision %s on device cuda: it is implemented on the CPU only; use bf16 or fp32"
              .formatted(precision.get().name().toLowerCase(Locale.ROOT)));
    }
  }

  /// The CPU, with a precision by the checkpoint and the machine.
  public static EngineSettings cpu() {
    return of(Device.CPU, Optional.empty());
  }

  /// The usual batch sizes for a device.
  public static EngineSettings of(Device device, Precision precision) {
    return of(device, Optional.of(precision));
  }

  private static EngineSettings of(Device device, Optional<Precision> precision) {
    Path cache = defaultCacheDirectory();
    return switch (device) {
      case Device.Cpu() ->
          new EngineSettings(device, precision, 0, 8, DecodeSettings.CPU, Optional.empty(), cache);
      case Device.Cuda(int ordinal) ->
          new EngineSettings(
              device,
              Optional.of(precision.orElse(Precision.BF16)),
              0,
              32,
              DecodeSettings.CUDA,
              Optional.empty(),
              cache);
    };
  }

  /// `chronoscope` in the user's cache directory.
  public static Path defaultCacheDirectory() {
    String configured = System.getenv("XDG_CACHE_HOME");
    Path caches =
        configured == null || configured.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(configured);
    return caches.resolve("chronoscope");
  }

  public EngineSettings withIntraOpThreads(int threads) {
    return new EngineSettings(
        device, precision, threads, maxEncoderBatch, decoding, pruneSimilarity, cacheDirectory);
  }

  public EngineSettings withDecoding(DecodeSettings other) {
    return new EngineSettings(
        device, precision, intraOpThreads, maxEncoderBatch, other, pruneSimilarity, cacheDirectory);
  }

  public EngineSettings withCacheDirectory(Path directory) {
    return new EngineSettings(
        device, precision, intraOpThreads, maxEncoderBatch, decoding, pruneSimilarity, directory);
  }

  public EngineSettings withPruneSimilarity(Optional<Double> similarity) {
    return new EngineSettings(
        device, precision, intraOpThreads, maxEncoderBatch, decoding, similarity, cacheDirectory);
  }

  /// The precision that a checkpoint is computed in.
  public Precision precisionFor(Checkpoint checkpoint) {
    return precision.orElseGet(() -> PrecisionChoice.of(checkpoint, Machine.read()).precision());
  }

  /// Parses settings, as given on a command line.
  ///
  /// @param device as in [Device#parse]
  /// @param precision `fp32`, `bf16`, `int8`, `int4`; or `auto` or blank for BF16 on CUDA, and on
  ///   the CPU by the checkpoint and the machine
  /// @throws IllegalArgumentException for unknown names and unsupported combinations
  public static EngineSettings parse(String device, String precision) {
    Device parsed = Device.parse(device);
    boolean chosen = !precision.isBlank() && !precision.equalsIgnoreCase("auto");
    return of(parsed, chosen ? Optional.of(Precision.parse(precision)) : Optional.empty());
  }
}
