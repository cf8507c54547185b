package io.chronoscope.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.vlm.Calibration;
import io.chronoscope.vlm.ModelProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {

  @TempDir private Path root;
  private final CheckpointFiles files = new CheckpointFiles();

  private Checkpoint open() throws IOException {
    return Checkpoint.open(files.write(root.resolve("tiny")));
  }

  private void assertRejected(String... parts) {
    assertThatThrownBy(() -> open().close())
        .isInstanceOf(CheckpointException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(parts));
  }

  @Nested
  class Configuration {

    @Test
    void readsThePublishedForm() throws IOException {
      try (Checkpoint checkpoint = open()) {
        assertThat(checkpoint.text())
            .isEqualTo(
                new TextConfig(16, 2, 2, 1, 8, 12, 11, 1e-6, 1e6, List.of(2, 1, 1), 4096, true));
        assertThat(checkpoint.vision())
            .isEqualTo(new VisionConfig(8, 2, 2, 10, 16, 14, 2, 2, 112, Set.of(1), 2, 3));
        assertThat(checkpoint.tokens()).isEqualTo(new VisionTokens(5, 6, 3, 4));
        assertThat(checkpoint.generation()).isEqualTo(new GenerationDefaults(List.of(2, 1), 1.05));
        assertThat(checkpoint.hints()).isEmpty();
        assertThat(checkpoint.ref().name()).isEqualTo("tiny");
        assertThat(checkpoint.ref().revision()).matches("[0-9a-f]{12}");
      }
    }

    @Test
    void readsTheNestedFormAlike() throws IOException {
      TextConfig flat;
      try (Checkpoint checkpoint = open()) {
        flat = checkpoint.text();
      }
      files.nestText();
      assertThat(files.config.has("hidden_size")).isFalse();
      try (Checkpoint checkpoint = open()) {
        assertThat(checkpoint.text()).isEqualTo(flat);
      }
    }

    @Test
    void readsRopeParametersWithTheirOwnTheta() throws IOException {
      files.config.remove(List.of("rope_scaling", "rope_theta"));
      files.config.set(
          "rope_parameters",
          CheckpointFiles.object(
              "{\"rope_type\": \"default\", \"mrope_section\": [1, 1, 2], \"rope_theta\": 5000}"));
      try (Checkpoint checkpoint = open()) {
        assertThat(checkpoint.text().ropeTheta()).isEqualTo(5000);
        assertThat(checkpoint.text().mropeSection()).containsExactly(1, 1, 2);
      }
    }

    @Test
    void usesTheDefaultsOfThePublishedVisionClass() throws IOException {
      files.vision().remove(List.of("tokens_per_second", "in_chans"));
      try (Checkpoint checkpoint = open()) {
        assertThat(checkpoint.vision().tokensPerSecond()).isEqualTo(4);
        assertThat(checkpoint.vision().windowTokens()).isEqualTo(4);
        assertThat(checkpoint.vision().patchValues()).isEqualTo(1176);
        assertThat(checkpoint.vision().tokenSizePx()).isEqualTo(28);
      }
    }

    @Test
    void readsAbsentVisionTokensFromTheTokenizer() throws IOException {
      files.config.remove("video_token_id");
      try (Checkpoint checkpoint = open()) {
        assertThat(checkpoint.tokens().videoPad()).isEqualTo(6);
      }
    }

    @Test
    void rejectsVisionTokensThatContradictTheTokenizer() {
      files.config.put("video_token_id", 7);
      assertRejected("config.json", "video_token_id", "is 7", "<|video_pad|> as 6");
    }

    @Test
    void readsAbsentStopTokensFromTheConfiguration() throws IOException {
      files.generation.removeAll();
      try (Checkpoint checkpoint = open()) {
        assertThat(checkpoint.generation()).isEqualTo(new GenerationDefaults(List.of(2), 1));
      }
    }

    @Test
    void rejectsACheckpointWithoutStopTokens() {
      files.generation.removeAll();
      files.config.remove("eos_token_id");
      assertRejected("generation_config.json", "eos_token_id");
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "model_type | \"qwen2_vl\"",
          "hidden_act | \"gelu\"",
          "use_sliding_window | true",
          "attention_bias | false",
          "head_dim | 4",
          "num_attention_heads | 3",
          "num_key_value_heads | 4",
          "hidden_size | 0",
          "num_hidden_layers | 2000000000",
          "vocab_size | 9999999999",
          "hidden_size | \"16\"",
          "rms_norm_eps | -1",
          "layer_types | [\"full_attention\", \"sliding_attention\"]",
          "rope_scaling | {\"type\": \"yarn\", \"factor\": 4, \"mrope_section\": [2, 1, 1]}",
          "rope_scaling | {\"type\": \"mrope\", \"mrope_section\": [2, 2, 2]}",
          "rope_scaling | {\"type\": \"mrope\"}",
          "image_token_id | 500",
          "tie_word_embeddings | \"yes\"",
        })
    void namesTheUnsupportedKeyAndItsValue(String key, String json) throws IOException {
      files.config.setAll(CheckpointFiles.object("{\"" + key + "\": " + json + "}"));
      String named = key.equals("rope_scaling") ? "rope_scaling." : key;
      assertRejected("config.json", named);
      if (!json.startsWith("{")) {
        assertRejected(json.startsWith("[") ? "sliding_attention" : json.replace("\"", ""));
      }
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "quant_method | \"bitsandbytes\"",
          "bits | 8",
          "group_size | 100",
          "group_size | 8",
          "version | \"gemv\"",
          "zero_point | false",
        })
    void namesTheUnsupportedKeyOfAwq(String key, String json) throws IOException {
      files.config.setAll(
          CheckpointFiles.object(
              """
              {"quantization_config": {
                "quant_method": "awq", "bits": 4, "group_size": 128, "version": "gemm"}}
              """));
      ((ObjectNode) files.config.get("quantization_config"))
          .setAll(CheckpointFiles.object("{\"" + key + "\": " + json + "}"));
      assertRejected("config.json", "quantization_config." + key, json.replace("\"", ""));
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "checkpoint_format | \"marlin\"",
          "pack_dtype | \"int16\"",
          "is_marlin_format | true",
          "lm_head | true",
          "dynamic | {\"+:.*down.*\": {\"bits\": 8}}",
        })
    void namesTheUnsupportedKeyOfGptq(String key, String json) throws IOException {
      files.config.setAll(
          CheckpointFiles.object(
              "{\"quantization_config\": {\"method\": \"gptq\", \"bits\": 4, \"group_size\": 64}}"));
      ((ObjectNode) files.config.get("quantization_config"))
          .setAll(CheckpointFiles.object("{\"" + key + "\": " + json + "}"));
      assertRejected("config.json", "quantization_config." + key);
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "hidden_act | \"quick_gelu\"",
          "temporal_patch_size | 1",
          "in_channels | 1",
          "spatial_patch_size | 16",
          "out_hidden_size | 32",
          "num_heads | 3",
          "fullatt_block_indexes | [2]",
          "window_size | 14",
          "depth | 2000000000",
          "spatial_merge_size | 65536",
        })
    void namesTheUnsupportedVisionKey(String key, String json) throws IOException {
      files.vision().setAll(CheckpointFiles.object("{\"" + key + "\": " + json + "}"));
      assertRejected("config.json", "vision_config." + key, json.replaceAll("[\\[\\]\"]", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hidden_size", "num_hidden_layers", "vocab_size", "intermediate_size"})
    void namesTheMissingKey(String key) {
      files.config.remove(key);
      assertRejected("config.json", "key " + key + " is missing");
    }
  }

  @Nested
  class Hints {

    @Test
    void areReadFromTheirOwnFile() throws IOException {
      Files.writeString(
          Files.createDirectories(root.resolve("tiny")).resolve("chronoscope.json"),
          "{\"windowSeconds\": 12.5, \"summarizesText\": false}");
      try (Checkpoint checkpoint = open()) {
        assertThat(checkpoint.hints())
            .contains(
                new CheckpointHints(
                    OptionalDouble.of(12.5),
                    OptionalDouble.empty(),
                    false,
                    true,
                    VideoLayout.PAIRS,
                    ModelProfile.PLAIN));
      }
    }

    @Test
    void bringTheCalibrationOfTheModel() throws IOException {
      Files.writeString(
          Files.createDirectories(root.resolve("tiny")).resolve("chronoscope.json"),
          """
          {"eventConfidence": {"bias": 1, "words": 0.5, "times": 0.25, "agreement": 2, "alone": -1,
                               "bounds": 0.75},
           "boundError": {"0": 4, "0.97": 0.9, "0.8": 2.5}}\
          """);
      try (Checkpoint checkpoint = open()) {
        assertThat(checkpoint.hints().orElseThrow().profile().calibration())
            .isEqualTo(
                new Calibration(
                    Optional.of(new Calibration.OfEvents(1, 0.5, 0.25, 2, -1, 0.75)),
                    Optional.empty(),
                    Optional.of(
                        new Calibration.OfBounds(
                            List.of(
                                new Calibration.OfBounds.Step(0.97, 0.9),
                                new Calibration.OfBounds.Step(0.8, 2.5),
                                new Calibration.OfBounds.Step(0, 4))))));
      }
    }

    @ParameterizedTest
    @CsvSource({"0.9,0,is missing", "often,often,is no certainty", "1.5,1.5,is no certainty"})
    void bringTheErrorOfEveryEventByCertainty(String key, String named, String problem)
        throws IOException {
      Files.writeString(
          Files.createDirectories(root.resolve("tiny")).resolve("chronoscope.json"),
          "{\"boundError\": {\"%s\": 1}}".formatted(key));
      assertRejected("chronoscope.json", "boundError." + named, problem);
    }

    @ParameterizedTest
    @CsvSource({"window,2,is unknown", "windowSeconds,0,positive", "overlapSeconds,-1,positive"})
    void areRejectedWhenInvalid(String key, String value, String problem) throws IOException {
      Files.writeString(
          Files.createDirectories(root.resolve("tiny")).resolve("chronoscope.json"),
          "{\"%s\": %s}".formatted(key, value));
      assertRejected("chronoscope.json", key, problem);
    }
  }

  @Nested
  class FilesOfTheDirectory {

    @ParameterizedTest
    @ValueSource(
        strings = {
          "config.json",
          "tokenizer.json",
          "preprocessor_config.json",
          "model.safetensors"
        })
    void namesTheMissingFile(String file) throws IOException {
      Path directory = files.write(root.resolve("tiny"));
      Files.delete(directory.resolve(file));
      assertThatThrownBy(() -> Checkpoint.open(directory))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining(file);
    }

    @Test
    void rejectsAMissingDirectory() {
      assertThatThrownBy(() -> Checkpoint.open(root.resolve("nowhere")))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("nowhere: is not a directory");
    }

    @Test
    void namesTheFileThatIsNotJson() throws IOException {
      Path directory = files.write(root.resolve("tiny"));
      Files.writeString(directory.resolve("config.json"), "{\"model_type\": ");
      assertThatThrownBy(() -> Checkpoint.open(directory))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("config.json: is not JSON");
    }

    @Test
    void readsShardedWeights() throws IOException {
      List<String> names = new ArrayList<>(files.tensors.keySet());
      Path directory =
          files.write(
              root.resolve("tiny"),
              Map.of(
                  "a.safetensors",
                  names.subList(0, 9),
                  "b.safetensors",
                  names.subList(9, names.size())));
      try (Checkpoint checkpoint = Checkpoint.open(directory)) {
        assertThat(checkpoint.weights().names()).containsExactlyElementsOf(names);
        assertThat(checkpoint.weights().get(names.get(9)).file().getFileName())
            .hasToString("b.safetensors");
      }
    }
  }

  @Nested
  class ModelRevision {

    @Test
    void dependsOnTheWeights() throws IOException {
      String revision;
      try (Checkpoint checkpoint = open()) {
        revision = checkpoint.ref().revision();
      }
      try (Checkpoint again = open()) {
        assertThat(again.ref().revision()).isEqualTo(revision);
      }
      Path weights = root.resolve("tiny/model.safetensors");
      byte[] bytes = Files.readAllBytes(weights);
      // The middle of the last tensor, model.norm.weight of 16 floats.
      bytes[bytes.length - 30] ^= 1;
      Files.write(weights, bytes);
      try (Checkpoint changed = Checkpoint.open(root.resolve("tiny"))) {
        assertThat(changed.ref().revision()).isNotEqualTo(revision);
      }
    }
  }

  @Nested
  class Closing {

    @Test
    void isIdempotent() throws IOException {
      Checkpoint checkpoint = open();
      Tensor norm = checkpoint.weights().get("model.norm.weight");
      assertThat(norm.toFloats()).hasSize(16);
      checkpoint.close();
      checkpoint.close();
      assertThatThrownBy(norm::toFloats).isInstanceOf(IllegalStateException.class);
    }
  }
}
