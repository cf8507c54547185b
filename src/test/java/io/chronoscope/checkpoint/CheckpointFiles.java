package io.chronoscope.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/// Writes a small valid checkpoint, which a test then makes invalid in one place.
final class CheckpointFiles {

  private static final ObjectMapper JSON = new ObjectMapper();

  final ObjectNode config = object(CONFIG);
  final ObjectNode preprocessor = object("{\"patch_size\": 14, \"merge_size\": 2}");
  final ObjectNode generation = object("{\"eos_token_id\": [2, 1], \"repetition_penalty\": 1.05}");

  /// Published name to shape.
  final Map<String, long[]> tensors = new LinkedHashMap<>();

  private static final String CONFIG =
      """
      {
        "model_type": "qwen2_5_vl",
        "image_token_id": 5, "video_token_id": 6,
        "vision_start_token_id": 3, "vision_end_token_id": 4,
        "tie_word_embeddings": true,
        "vocab_size": 11, "hidden_size": 16, "num_hidden_layers": 2,
        "num_attention_heads": 2, "num_key_value_heads": 1, "intermediate_size": 12,
        "rms_norm_eps": 1e-06, "hidden_act": "silu", "rope_theta": 1000000.0,
        "max_position_embeddings": 4096, "use_sliding_window": false, "sliding_window": 32768,
        "max_window_layers": 1, "eos_token_id": 2,
        "rope_scaling": {"type": "mrope", "mrope_section": [2, 1, 1]},
        "vision_config": {
          "depth": 2, "hidden_size": 8, "num_heads": 2, "intermediate_size": 10,
          "out_hidden_size": 16, "fullatt_block_indexes": [1], "tokens_per_second": 2, "in_chans": 3
        }
      }
      """;

  CheckpointFiles() {
    ConfigReader reader =
        ConfigReader.of(
            CheckpointJson.parse(Path.of("config.json"), CONFIG.getBytes(StandardCharsets.UTF_8)));
    tensors.putAll(ExpectedTensors.of(reader.text(), reader.vision()));
  }

  static ObjectNode object(String json) {
    try {
      return (ObjectNode) JSON.readTree(json);
    } catch (IOException e) {
      throw new IllegalArgumentException(json, e);
    }
  }

  ObjectNode vision() {
    return (ObjectNode) config.get("vision_config");
  }

  /// Moves the decoder's keys into `text_config`.
  void nestText() {
    ObjectNode text = JSON.createObjectNode();
    Set<String> outer =
        Set.of(
            "model_type",
            "image_token_id",
            "video_token_id",
            "vision_start_token_id",
            "vision_end_token_id",
            "tie_word_embeddings",
            "vision_config");
    config.properties().forEach(e -> text.set(e.getKey(), e.getValue()));
    outer.forEach(text::remove);
    text.fieldNames().forEachRemaining(config::remove);
    config.set("text_config", text);
  }

  Path write(Path directory) throws IOException {
    return write(directory, Map.of("model.safetensors", List.copyOf(tensors.keySet())));
  }

  /// @param shards file name to the tensors in it; with an index when there are several
  Path write(Path directory, Map<String, List<String>> shards) throws IOException {
    Files.createDirectories(directory);
    JSON.writeValue(directory.resolve("config.json").toFile(), config);
    JSON.writeValue(directory.resolve("preprocessor_config.json").toFile(), preprocessor);
    JSON.writeValue(directory.resolve("generation_config.json").toFile(), generation);
    Files.writeString(
        directory.resolve("tokenizer.json"),
        """
        {"version": "1.0", "added_tokens": [
          {"id": 3, "content": "<|vision_start|>", "special": true},
          {"id": 4, "content": "<|vision_end|>", "special": true},
          {"id": 5, "content": "<|image_pad|>", "special": true},
          {"id": 6, "content": "<|video_pad|>", "special": true}
        ], "model": {"type": "BPE"}}
        """);
    ObjectNode map = JSON.createObjectNode();
    for (Map.Entry<String, List<String>> shard : shards.entrySet()) {
      Files.write(directory.resolve(shard.getKey()), safetensors(shard.getValue()));
      shard.getValue().forEach(tensor -> map.put(tensor, shard.getKey()));
    }
    if (shards.size() > 1) {
      ObjectNode index = JSON.createObjectNode();
      index.putObject("metadata").put("total_size", 0);
      index.set("weight_map", map);
      JSON.writeValue(directory.resolve("model.safetensors.index.json").toFile(), index);
    }
    return directory;
  }

  private byte[] safetensors(List<String> names) throws IOException {
    ObjectNode header = JSON.createObjectNode();
    header.putObject("__metadata__").put("format", "pt");
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    Random random = new Random(7);
    for (String name : names) {
      long[] shape = tensors.get(name);
      int elements = 1;
      ObjectNode entry = header.putObject(name);
      entry.put("dtype", "F32");
      for (long side : shape) {
        entry.withArray("shape").add(side);
        elements *= (int) side;
      }
      entry.withArray("data_offsets").add(data.size()).add(data.size() + 4 * elements);
      ByteBuffer floats = ByteBuffer.allocate(4 * elements).order(ByteOrder.LITTLE_ENDIAN);
      while (floats.hasRemaining()) {
        floats.putFloat(random.nextFloat());
      }
      data.write(floats.array());
    }
    return safetensors(header.toString(), data.toByteArray());
  }

  static byte[] safetensors(String header, byte[] data) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + json.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .put(data)
        .array();
  }
}
