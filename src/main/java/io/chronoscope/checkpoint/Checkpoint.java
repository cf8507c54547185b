package io.chronoscope.checkpoint;

import io.chronoscope.domain.ModelRef;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A Qwen2.5-VL checkpoint directory, opened. Owns the mapping of its weights.
public final class Checkpoint implements AutoCloseable {

  private final Path directory;
  private final TextConfig text;
  private final VisionConfig vision;
  private final VisionTokens tokens;
  private final Preprocessor preprocessor;
  private final GenerationDefaults generation;
  private final Optional<CheckpointHints> advice;
  private final Optional<String> chatTemplate;
  private final Weights weights;
  private final ModelRef ref;
  private final Arena arena;

  private Checkpoint(Path directory, Arena arena) {
    this.directory = directory;
    this.arena = arena;
    Path configFile = directory.resolve("config.json");
    ConfigReader config = ConfigReader.of(JsonFields.read(configFile));
    this.text = config.text();
    this.vision = config.vision();
    this.tokens = config.tokens(AddedTokens.read(directory.resolve("tokenizer.json")));
    this.preprocessor = PreprocessorReader.read(directory, vision);
    this.generation = readGeneration(directory, config);
    this.advice =
        JsonFields.readIfPresent(directory.resolve(CheckpointHints.FILE))
            .map(CheckpointHints::read);
    this.chatTemplate = readChatTemplate(directory);
    this.weights = Weights.open(directory, ExpectedTensors.of(text, vision), arena);
    this.ref = new ModelRef(name(directory), Revision.of(configFile, weights));
  }

  /// @throws CheckpointException when anything is missing, damaged, unused or unsupported
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
    Optional<JsonFields> fields = JsonFields.readIfPresent(file);
    List<Integer> eos = fields.map(f -> f.oneOrMoreIntegers("eos_token_id")).orElse(List.of());
    if (eos.isEmpty()) {
      eos = config.eosTokenIds();
    }
    if (eos.isEmpty()) {
      throw new CheckpointException(file, "key eos_token_id is missing, in config.json too");
    }
    return new GenerationDefaults(
        eos, fields.map(f -> f.positiveNumber("repetition_penalty", 1)).orElse(1.0));
  }

  private static Optional<String> readChatTemplate(Path directory) {
    Path jinja = directory.resolve("chat_template.jinja");
    if (Files.exists(jinja)) {
      try {
        return Optional.of(Files.readString(jinja));
      } catch (IOException e) {
        throw new CheckpointException(jinja, "cannot be read: " + e.getMessage(), e);
      }
    }
    return JsonFields.readIfPresent(directory.resolve("chat_template.json"))
        .flatMap(fields -> fields.text("chat_template"))
        .or(() ->
            JsonFields.readIfPresent(directory.resolve("tokenizer_config.json"))
                .flatMap(fields -> fields.text("chat_template")));
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

  public Optional<CheckpointHints> advice() {
    return advice;
  }

  /// The chat template as it is published (Jinja), not interpreted.
  public Optional<String> chatTemplate() {
    return chatTemplate;
  }

  /// Name of the directory and a digest of configuration, tensor headers and samples of the
  /// weights.
  public ModelRef ref() {
    return ref;
  }

  public Weights weights() {
    return weights;
  }

  /// Unmaps the weights; nothing may read them any more, native sessions included. May be called
  /// more than once.
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
