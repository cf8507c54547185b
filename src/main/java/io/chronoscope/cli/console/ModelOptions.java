package io.chronoscope.cli.console;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/// Options of every command that runs a model. Each overrides the setting of the same name.
public final class ModelOptions {

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description =
          "Checkpoint directory, as published on Hugging Face. Default: CHRONOSCOPE_MODEL, else the"
              + " demo checkpoint.")
  Optional<Path> model = Optional.empty();

  static final class Devices extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    Devices() {
      super(List.of("cpu", "cuda"));
    }
  }

  static final class Precisions extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    Precisions() {
      super(List.of("fp32", "bf16", "int8", "int4", "auto"));
    }
  }

  @Option(
      names = "--device",
      paramLabel = "cpu|cuda|cuda:N",
      completionCandidates = Devices.class,
      description = "Device that the model runs on.")
  Optional<String> device = Optional.empty();

  @Option(
      names = "--precision",
      paramLabel = "fp32|bf16|int8|int4|auto",
      completionCandidates = Precisions.class,
      description = "Number format that the model computes in.")
  Optional<String> precision = Optional.empty();

  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      description = "Maximum number of tokens to generate for one answer.")
  Optional<Integer> maxNewTokens = Optional.empty();

  /// Overrides the settings that were given as options. Must be called before the settings are
  /// loaded.
  public void apply() {
    model.ifPresent(directory ->
        SettingOverrides.set("chronoscope.model", directory.toAbsolutePath().toString()));
    device.ifPresent(name -> SettingOverrides.set("chronoscope.device", name));
    precision.ifPresent(format -> SettingOverrides.set("chronoscope.precision", format));
    maxNewTokens.ifPresent(
        limit -> SettingOverrides.set("chronoscope.max-new-tokens", limit.toString()));
  }

  /// Returns the options as given, as arguments for another process of this program.
  public List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    model.ifPresent(directory -> arguments.addAll(List.of("--model", directory.toString())));
    device.ifPresent(name -> arguments.addAll(List.of("--device", name)));
    precision.ifPresent(format -> arguments.addAll(List.of("--precision", format)));
    maxNewTokens.ifPresent(
        limit -> arguments.addAll(List.of("--max-new-tokens", limit.toString())));
    return arguments;
  }
}
