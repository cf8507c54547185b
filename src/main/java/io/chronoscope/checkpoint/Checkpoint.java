package io.chronoscope.checkpoint;

import io.chronoscope.domain.ModelRef;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// An open Qwen2.5-VL checkpoint directory. Owns the memory mapping of its weights.
public final class Checkpoint implements AutoCloseable {

  private final Path directory;
  private final TextConfig text;
  private final VisionConfig vision;
  private final VisionTokens tokens;
  private final Preprocessor preprocessor;
  private final GenerationDefaults generation;
  private final Optional<CheckpointHints> hints;
  private final Weights weights;
  private final ModelRef ref;
  private final Arena arena;

  private Checkpoint(Path directory, Arena arena) {
    this.directory = directory;
    this.arena = arena;
    Path configFile = directory.resolve("config.json");
    CheckpointJson configJson = CheckpointJson.read(configFile);
    ConfigReader config = ConfigReader.of(configJson);
    this.text = config.text();
    this.vision = config.vision();
    this.tokens = config.tokens(AddedTokens.read(directory.resolve("tokenizer.json")));
    this.preprocessor = PreprocessorReader.read(directory, vision);
    this.generation = readGeneration(directory, config);
    this.hints = CheckpointHints.of(directory);
    Optional<PackedFormat> packing =
        PackedFormat.read(
            configJson, CheckpointJson.readIfPresent(directory.resolve(PackedFormat.OWN_FILE)));
    this.weights = Weights.open(directory, ExpectedTensors.of(text, vision), packing, arena);
    this.ref = new ModelRef(name(directory), Revision.of(configFile, weights));
  }

  /// Opens a checkpoint and validates all of its files.
  ///
  /// @throws CheckpointException when something is missing, damaged, unused or unsupported
  @SuppressWarnings("MustBeClosed") // the checkpoint owns the arena and closes it
  public static Checkpoint open(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new CheckpointException(directory, "is not a directory");
    }
    Arena arena = Arena.ofShared();
    try {
      return new Checkpoint(directory, arena);
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  private static String name(Path directory) {
    Path name = directory.toAbsolutePath().normalize().getFileName();
    return name == null ? directory.toString() : name.toString();
  }

  private static GenerationDefaults readGeneration(Path directory, ConfigReader config) {
    Path file = directory.resolve("generation_config.json");
    Optional<CheckpointJson> fields = CheckpointJson.readIfPresent(file);
    List<Integer> eos = fields.map(f -> f.oneOrMoreIntegers("eos_token_id")).orElse(List.of());
    if (eos.isEmpty()) {
      eos = config.eosTokenIds();
    }
    if (eos.isEmpty()) {
      throw new CheckpointException(file, "key eos_token_id is missing, also in config.json");
    }
    return new GenerationDefaults(
        eos, fields.map(f -> f.positiveNumber("repetition_penalty", 1)).orElse(1.0));
  }

  public Path directory() {
    return directory;
  }

  public TextConfig text() {
    return text;
  }

  public VisionConfig vision() {
    return vision;
  }

  public VisionTokens tokens() {
    return tokens;
  }

  public Preprocessor preprocessor() {
    return preprocessor;
  }

  public GenerationDefaults generation() {
    return generation;
  }

  public Optional<CheckpointHints> hints() {
    return hints;
  }

  /// The directory's name, and as revision a digest of configuration, tensor headers and samples of
  /// the weights.
  public ModelRef ref() {
    return ref;
  }

  public Weights weights() {
    return weights;
  }

  /// Unmaps the weights. Nothing may read them afterwards, native sessions included. Idempotent.
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
