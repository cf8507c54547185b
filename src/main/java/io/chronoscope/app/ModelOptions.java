package io.chronoscope.app;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/// Options of every command that runs a model. Each stands above the setting of the same name.
final class ModelOptions {

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description =
          "Checkpoint directory, as published on Hugging Face. Else CHRONOSCOPE_MODEL, else the demo"
              + " checkpoint.")
  Optional<Path> model = Optional.empty();

  @Option(names = "--device", paramLabel = "cpu|cuda", description = "Where it computes.")
  Optional<ChronoscopeConfig.Device> device = Optional.empty();

  @Option(
      names = "--precision",
      paramLabel = "fp32|bf16",
      description = "Number format of the computation.")
  Optional<ChronoscopeConfig.Precision> precision = Optional.empty();

  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      description = "The longest answer, in tokens.")
  Optional<Integer> maxNewTokens = Optional.empty();

  /// Makes the options settings, before these are read.
  void apply() {
    model.ifPresent(dir -> set("chronoscope.model", dir.toAbsolutePath().toString()));
    device.ifPresent(
        value -> set("chronoscope.device", value.name().toLowerCase(java.util.Locale.ROOT)));
    precision.ifPresent(
        value -> set("chronoscope.precision", value.name().toLowerCase(java.util.Locale.ROOT)));
    maxNewTokens.ifPresent(n -> set("chronoscope.max-new-tokens", n.toString()));
  }

  static void set(String key, String value) {
    System.setProperty(key, value);
  }
}
