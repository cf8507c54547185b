package io.chronoscope.config;

import io.chronoscope.checkpoint.CheckpointException;
import io.chronoscope.ort.CudaSupport;
import io.chronoscope.ort.Device;
import io.chronoscope.ort.DeviceUnavailableException;
import io.chronoscope.ort.RuntimeLibrary;
import io.chronoscope.qwen.EngineSettings;
import io.chronoscope.qwen.InsufficientMemoryException;
import io.chronoscope.qwen.Qwen25Vl;
import io.chronoscope.qwen.decoder.StepSettings;
import io.quarkus.runtime.configuration.MemorySize;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

/// The model that the configuration names: its checkpoint, its device, and how it computes.
public final class ConfiguredModel {

  private ConfiguredModel() {}

  /// Opens the configured checkpoint on the configured device.
  ///
  /// @throws EnvironmentException if there is no checkpoint, or it cannot be used; says why
  public static Qwen25Vl open(ChronoscopeConfig settings) {
    return open(settings, engine(settings));
  }

  /// Opens the configured checkpoint.
  ///
  /// @param engine how it computes
  /// @throws EnvironmentException as above
  public static Qwen25Vl open(ChronoscopeConfig settings, EngineSettings engine) {
    try {
      return Qwen25Vl.open(checkpoint(settings), engine);
    } catch (CheckpointException | DeviceUnavailableException | InsufficientMemoryException e) {
      throw new EnvironmentException(String.valueOf(e.getMessage()), e);
    }
  }

  /// Checks what can be checked at once, before anything else starts: that there is a checkpoint,
  /// and the device.
  ///
  /// @throws EnvironmentException if one of them is missing; says what
  public static void requireModel(ChronoscopeConfig settings) {
    var unused = checkpoint(settings);
    requireDevice(settings);
  }

  private static Path checkpoint(ChronoscopeConfig settings) {
    Path directory = ConfigLoader.resolve(settings, settings.model());
    if (!Files.exists(directory.resolve("config.json"))) {
      throw new EnvironmentException(
          "no checkpoint at %s (chronoscope.model)%s; --model or CHRONOSCOPE_MODEL names a directory with one"
              .formatted(
                  directory.toAbsolutePath(),
                  Files.isDirectory(directory) ? ": it has no config.json" : ""));
    }
    return directory;
  }

  /// How the model computes: device, precision, threads.
  public static EngineSettings engine(ChronoscopeConfig settings) {
    EngineSettings device =
        EngineSettings.parse(settings.device(), settings.precision().orElse(""));
    return device
        .withDecoding(device.decoding().withSteps(steps(settings, device.decoding().steps())))
        .withPruneSimilarity(settings.sampling().pruneSimilarity())
        .withIntraOpThreads(settings.threads())
        .withCacheDirectory(cacheDirectory(settings));
  }

  /// @param ofDevice the defaults
  private static StepSettings steps(ChronoscopeConfig settings, StepSettings ofDevice) {
    return new StepSettings(
        settings.batching().maxPrompts().orElse(ofDevice.maxBatch()),
        settings.batching().prefillChunk().orElse(ofDevice.prefillChunk()),
        settings
            .cache()
            .maxPrefixBytes()
            .map(MemorySize::asLongValue)
            .orElse(ofDevice.maxPrefixBytes()),
        settings.batching().draftTokens().map(OptionalInt::of).orElse(ofDevice.draftTokens()),
        settings.cudaGraphs() ? StepSettings.Launch.BY_GRAPH : StepSettings.Launch.BY_OPERATOR);
  }

  /// Checks that the configured device can be used, for what computes on it without a model.
  ///
  /// @throws EnvironmentException if it cannot; names everything that is missing
  public static void requireDevice(ChronoscopeConfig settings) {
    RuntimeLibrary.unpackInto(cacheDirectory(settings));
    if (Device.parse(settings.device()) instanceof Device.Cuda) {
      try {
        CudaSupport.require();
      } catch (DeviceUnavailableException e) {
        throw new EnvironmentException(String.valueOf(e.getMessage()), e);
      }
    }
  }

  /// The directory of files that are made once and then reused.
  public static Path cacheDirectory(ChronoscopeConfig settings) {
    return settings.cacheDir().map(Path::of).orElseGet(EngineSettings::defaultCacheDirectory);
  }
}
