package io.chronoscope.checkpoint;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Reads `config.json` as published (the decoder's keys at the top level) and as re-saved (in
/// `text_config`). Values that this program does not compute are errors: a checkpoint that needs
/// them would answer, but wrongly.
final class ConfigReader {

  // Defaults of the published configuration classes, for keys that a file leaves out.
  private static final double DEFAULT_RMS_NORM_EPS = 1e-5;
  private static final double DEFAULT_ROPE_THETA = 1e6;
  private static final List<Integer> DEFAULT_FULL_ATTENTION = List.of(7, 15, 23, 31);

  private final JsonFields config;
  private final JsonFields text;

  private ConfigReader(JsonFields config) {
    this.config = config;
    this.text = config.object("text_config").orElse(config);
  }

  static ConfigReader of(JsonFields config) {
    ConfigReader reader = new ConfigReader(config);
    reader.requireModelType();
    return reader;
  }

  private void requireModelType() {
    String type =
        config.text("model_type").orElseThrow(() -> config.wrong("model_type", "is missing"));
    if (!type.equals("qwen2_5_vl")) {
      throw config.unsupported("model_type", "\"qwen2_5_vl\"");
    }
    for (JsonFields fields : List.of(config, text)) {
      for (String key : List.of("quantization_config", "compression_config")) {
        if (fields.has(key)) {
          throw fields.wrong(key, "is present: quantized checkpoints are not supported");
        }
      }
    }
  }

  TextConfig text() {
    requireSilu(text);
    requireFullAttention();
    int hidden = text.positive("hidden_size");
    int heads = text.positive("num_attention_heads");
    int kvHeads = text.positive("num_key_value_heads", heads);
    if (hidden % heads != 0) {
      throw text.wrong(
          "num_attention_heads", "is " + heads + ", no divisor of hidden_size " + hidden);
    }
    if (heads % kvHeads != 0) {
      throw text.wrong(
          "num_key_value_heads", "is " + kvHeads + ", no divisor of num_attention_heads " + heads);
    }
    int headDim = hidden / heads;
    if (text.positive("head_dim", headDim) != headDim) {
      throw text.unsupported("head_dim", "hidden_size / num_attention_heads = " + headDim);
    }
    if (!text.flag("attention_bias", true)) {
      throw text.unsupported("attention_bias", "true");
    }
    JsonFields rope = rope();
    return new TextConfig(
        hidden,
        text.positive("num_hidden_layers"),
        heads,
        kvHeads,
        headDim,
        text.positive("intermediate_size"),
        text.positive("vocab_size"),
        text.positiveNumber("rms_norm_eps", DEFAULT_RMS_NORM_EPS),
        rope.positiveNumber("rope_theta", text.positiveNumber("rope_theta", DEFAULT_ROPE_THETA)),
        mropeSection(rope, headDim),
        text.positive("max_position_embeddings", 32_768),
        config.flag("tie_word_embeddings", text.flag("tie_word_embeddings", false)));
  }

  private static void requireSilu(JsonFields fields) {
    if (!fields.text("hidden_act").orElse("silu").equals("silu")) {
      throw fields.unsupported("hidden_act", "\"silu\"");
    }
  }

  private void requireFullAttention() {
    int layers = text.positive("num_hidden_layers");
    if (text.flag("use_sliding_window", false)
        && text.has("sliding_window")
        && text.positive("max_window_layers", 80) < layers) {
      throw text.unsupported(
          "use_sliding_window", "false, or max_window_layers of " + layers + " or more");
    }
    if (!text.texts("layer_types").orElse(List.of()).stream().allMatch("full_attention"::equals)) {
      throw text.unsupported("layer_types", "\"full_attention\"");
    }
  }

  private JsonFields rope() {
    JsonFields rope =
        text.object("rope_parameters")
            .or(() -> text.object("rope_scaling"))
            .orElseThrow(() -> text.wrong("rope_scaling", "is missing, and rope_parameters too"));
    for (String key : List.of("rope_type", "type")) {
      if (!Set.of("mrope", "default").contains(rope.text(key).orElse("default"))) {
        throw rope.unsupported(key, "\"mrope\" or \"default\"");
      }
    }
    for (String key : List.of("factor", "attention_factor", "partial_rotary_factor")) {
      if (rope.positiveNumber(key, 1) != 1) {
        throw rope.unsupported(key, "1");
      }
    }
    if (rope.flag("mrope_interleaved", false)) {
      throw rope.unsupported("mrope_interleaved", "false");
    }
    return rope;
  }

  private static List<Integer> mropeSection(JsonFields rope, int headDim) {
    List<Integer> section =
        rope.integers("mrope_section").orElseThrow(() -> rope.wrong("mrope_section", "is missing"));
    boolean fits =
        section.size() == 3
            && section.stream().allMatch(width -> width >= 0)
            && section.stream().mapToInt(Integer::intValue).sum() * 2 == headDim;
    if (!fits) {
      throw rope.wrong(
          "mrope_section",
          "is %s, not three widths that add up to half the head width of %d"
              .formatted(section, headDim));
    }
    return section;
  }

  VisionConfig vision() {
    JsonFields vision =
        config
            .object("vision_config")
            .orElseThrow(() -> config.wrong("vision_config", "is missing"));
    requireSilu(vision);
    int hidden = vision.positive("hidden_size", 3584);
    int heads = vision.positive("num_heads", 16);
    if (hidden % heads != 0 || hidden / heads % 4 != 0) {
      throw vision.wrong(
          "num_heads",
          "is %d, which does not give heads of a multiple of 4 in hidden_size %d"
              .formatted(heads, hidden));
    }
    int depth = vision.positive("depth", 32);
    int patch = vision.positive("patch_size", 14);
    requireValue(vision, "spatial_patch_size", patch);
    requireValue(vision, "temporal_patch_size", 2);
    requireValue(vision, "in_chans", 3);
    requireValue(vision, "in_channels", 3);
    int merge = vision.positive("spatial_merge_size", 2);
    int window = vision.positive("window_size", 112);
    if (window < merge * patch) {
      throw vision.wrong("window_size", "is " + window + ", less than a token of " + merge * patch);
    }
    int out = vision.positive("out_hidden_size", 3584);
    if (out != text.positive("hidden_size")) {
      throw vision.wrong(
          "out_hidden_size",
          "is %d, but the decoder's hidden_size is %d"
              .formatted(out, text.positive("hidden_size")));
    }
    return new VisionConfig(
        hidden,
        depth,
        heads,
        vision.positive("intermediate_size", 3420),
        out,
        patch,
        merge,
        2,
        window,
        fullAttention(vision, depth),
        vision.positiveNumber("tokens_per_second", 4),
        3);
  }

  private static void requireValue(JsonFields fields, String key, int only) {
    if (fields.positive(key, only) != only) {
      throw fields.unsupported(key, String.valueOf(only));
    }
  }

  private static Set<Integer> fullAttention(JsonFields vision, int depth) {
    Set<Integer> blocks =
        new TreeSet<>(vision.integers("fullatt_block_indexes").orElse(DEFAULT_FULL_ATTENTION));
    boolean stated = vision.has("fullatt_block_indexes");
    blocks.removeIf(block -> !stated && block >= depth);
    for (int block : blocks) {
      if (block < 0 || block >= depth) {
        throw vision.wrong(
            "fullatt_block_indexes", "has block %d, but there are %d".formatted(block, depth));
      }
    }
    return blocks;
  }

  /// Ids that `config.json` leaves out, or states otherwise than the tokenizer, are looked up
  /// there.
  VisionTokens tokens(AddedTokens added) {
    return new VisionTokens(
        token("image_token_id", "<|image_pad|>", added),
        token("video_token_id", "<|video_pad|>", added),
        token("vision_start_token_id", "<|vision_start|>", added),
        token("vision_end_token_id", "<|vision_end|>", added));
  }

  private int token(String key, String content, AddedTokens added) {
    long tokenizer = added.id(content).orElse(-1);
    long id = config.wholeIfPresent(key).orElse(tokenizer);
    if (id == -1) {
      throw config.wrong(key, "is missing, and " + added.file() + " has no " + content);
    }
    if (tokenizer != -1 && id != tokenizer) {
      throw config.wrong(
          key, "is %d, but %s has %s as %d".formatted(id, added.file(), content, tokenizer));
    }
    int vocabulary = text.positive("vocab_size");
    if (id < 0 || id >= vocabulary) {
      throw config.wrong(key, "is " + id + ", outside the vocabulary of " + vocabulary);
    }
    return (int) id;
  }

  /// Stop ids for checkpoints without `generation_config.json`.
  List<Integer> eosTokenIds() {
    List<Integer> outer = config.oneOrMoreIntegers("eos_token_id");
    return outer.isEmpty() ? text.oneOrMoreIntegers("eos_token_id") : outer;
  }
}
