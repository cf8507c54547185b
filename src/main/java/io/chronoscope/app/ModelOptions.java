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

  @Option(names = "--device", paramLabel = "cpu|cuda|cuda:N", description = "Where it computes.")
  Optional<String> device = Optional.empty();

  @Option(
      names = "--precision",
      paramLabel = "fp32|bf16",
      description = "Number format of the computation.")
  Optional<String> precision = Optional.empty();

  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      description = "The longest answer, in tokens.")
  Optional<Integer> maxNewTokens = Optional.empty();

  /// Makes the options settings, before these are read.
  void apply() {
    model.ifPresent(dir -> set("chronoscope.model", dir.toAbsolutePath().toString()));
    device.ifPresent(word -> set("chronoscope.device", word));
    precision.ifPresent(word -> set("chronoscope.precision", word));
    maxNewTokens.ifPresent(n -> set("chronoscope.max-new-tokens", n.toString()));
  }

  /// Sets what a setting is for the rest of the process, above the environment.
  static void set(String key, String value) {
    System.setProperty(key, value);
  }
}
