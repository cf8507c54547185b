package io.chronoscope.checkpoint;

import static io.chronoscope.fuzz.Invariants.require;
import static io.chronoscope.fuzz.Invariants.requireText;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/// Fuzz target: `config.json`, and which tensors follow from it.
public final class ConfigFuzz {

  private static final Path FILE = Path.of("config.json");
  private static final AddedTokens TOKENS =
      new AddedTokens(
          Path.of("tokenizer.json"),
          Map.of(
              "<|image_pad|>", 1L,
              "<|video_pad|>", 2L,
              "<|vision_start|>", 3L,
              "<|vision_end|>", 4L));

  private ConfigFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    try {
      CheckpointJson json = CheckpointJson.parse(FILE, input);
      ConfigReader config = ConfigReader.of(json);
      TextConfig text = config.text();
      VisionConfig vision = config.vision();
      var unused = config.eosTokenIds();
      VisionTokens tokens = config.tokens(TOKENS);
      require(
          tokens.videoPad() >= 0 && tokens.videoPad() < text.vocabSize(), "no token: " + tokens);
      require(text.headDim() * text.heads() == text.hiddenSize(), "heads of " + text);
      Optional<PackedFormat> packing = PackedFormat.read(json, Optional.empty());
      packing.ifPresent(format -> require(format.groupSize() != 0, "groups of " + format));
      ExpectedTensors.of(text, vision)
          .forEach((name, shape) ->
              require(
                  Arrays.stream(shape).allMatch(side -> side > 0),
                  name + " has the shape " + Arrays.toString(shape)));
    } catch (CheckpointException e) {
      requireText(e.getMessage());
    }
  }
}
