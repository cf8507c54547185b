package io.chronoscope.cli.bench.engine;

import io.chronoscope.cli.bench.checkpoint.CheckpointCache;
import io.chronoscope.cli.bench.checkpoint.ModelShape;
import io.chronoscope.cli.bench.checkpoint.RandomCheckpoint;
import io.chronoscope.cli.console.ModelOptions;
import io.chronoscope.cli.console.SettingOverrides;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.config.ConfiguredModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/// The checkpoint that `--shape` selects: the demo's, or one with random weights, which is written
/// on first use.
public final class BenchShape {

  static final String DEMO = "demo";
  private static final String DEMO_MODEL = "models/demo";

  /// The seed of random checkpoints: the same weights on every machine.
  private static final long SEED = 11;

  /// A model with random weights never ends an answer by itself.
  private static final int RANDOM_ANSWER_TOKENS = 32;

  private BenchShape() {}

  /// Points the settings at the checkpoint of a shape.
  ///
  /// @param name as on the command line
  /// @param cache directory of random checkpoints, if not the default one
  /// @param model options that take precedence
  /// @param report receives what is written
  /// @return the shape's name
  /// @throws ConfigurationException when there is no such shape
  public static String select(
      String name, Optional<Path> cache, ModelOptions model, Consumer<String> report)
      throws IOException {
    if (name.equalsIgnoreCase(DEMO)) {
      SettingOverrides.set("chronoscope.model", DEMO_MODEL);
      return DEMO;
    }
    ModelShape selected = parse(name);
    ChronoscopeConfig settings = ConfigLoader.load();
    Path tokenizer = ConfigLoader.resolve(settings, DEMO_MODEL);
    Path made = ConfiguredModel.cacheDirectory(settings).resolve(CheckpointCache.DIRECTORY);
    Path directory =
        new CheckpointCache(cache.orElse(made), report)
            .get(new RandomCheckpoint(selected, SEED, tokenizer));
    SettingOverrides.set("chronoscope.model", directory.toAbsolutePath().toString());
    if (!model.arguments().contains("--max-new-tokens")) {
      SettingOverrides.set("chronoscope.max-new-tokens", Integer.toString(RANDOM_ANSWER_TOKENS));
    }
    return selected.label();
  }

  /// @throws ConfigurationException when there is no such shape
  public static void require(String name) {
    if (!name.equalsIgnoreCase(DEMO)) {
      var unused = parse(name);
    }
  }

  private static ModelShape parse(String name) {
    try {
      return ModelShape.parse(name);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("--shape: " + e.getMessage() + ", " + DEMO, e);
    }
  }
}
