package io.chronoscope.cli.console;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/// Options of every command that runs a model. Each stands above the setting of the same name.
public final class ModelOptions {

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
  public void apply() {
    model.ifPresent(dir -> set("chronoscope.model", dir.toAbsolutePath().toString()));
    device.ifPresent(word -> set("chronoscope.device", word));
    precision.ifPresent(word -> set("chronoscope.precision", word));
    maxNewTokens.ifPresent(n -> set("chronoscope.max-new-tokens", n.toString()));
  }

  /// The options as they were given, for another run of the program.
  public List<String> arguments() {
    List<String> given = new ArrayList<>();
    model.ifPresent(dir -> given.addAll(List.of("--model", dir.toString())));
    device.ifPresent(word -> given.addAll(List.of("--device", word)));
    precision.ifPresent(word -> given.addAll(List.of("--precision", word)));
    maxNewTokens.ifPresent(n -> given.addAll(List.of("--max-new-tokens", n.toString())));
    return given;
  }

  /// Sets what a setting is for the rest of the process, above the environment.
  public static void set(String key, String value) {
    System.setProperty(key, value);
  }

  /// Makes the service of this process use the broker of this process.
  public static void useEmbedded(String bootstrapServers) {
    set("chronoscope.kafka.bootstrap-servers", bootstrapServers);
    set("kafka.bootstrap.servers", bootstrapServers);
    set("kafka.security.protocol", "PLAINTEXT");
  }
}
