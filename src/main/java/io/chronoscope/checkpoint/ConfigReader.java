package io.chronoscope.checkpoint;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Reads `config.json` as published (the decoder's keys at the top level) and as re-saved (in
/// `text_config`). Values that this program does not implement are errors: a checkpoint that needs
/// them would run, but answer wrongly.
final class ConfigReader {

  // Defaults of the published configuration classes, for keys that are absent.
  private static final double DEFAULT_RMS_NORM_EPS = 1e-5;
  private static final double DEFAULT_ROPE_THETA = 1e6;
  private static final List<Integer> DEFAULT_FULL_ATTENTION = List.of(7, 15, 23, 31);

  // Far above any published model; beyond them, products of sizes would overflow.
  private static final int MAX_LAYERS = 1024;
  private static final int MAX_WIDTH = 1 << 20;
  private static final int MAX_VOCABULARY = 1 << 24;
  private static final int MAX_PATCH = 1024;

  private final CheckpointJson config;
  private final CheckpointJson text;

  private ConfigReader(CheckpointJson config) {
    this.config = config;
    this.text = config.object("text_config").orElse(config);
  }

  static ConfigReader of(CheckpointJson config) {
    ConfigReader reader = new ConfigReader(config);
    reader.requireModelType();
    return reader;
  }

  private void requireModelType() {
    String type =
        config.text("model_type").orElseThrow(() -> config.invalid("model_type", "is missing"));
    if (!type.equals("qwen2_5_vl")) {
      throw config.unsupported("model_type", "\"qwen2_5_vl\"");
    }
  }

  TextConfig text() {
    requireSilu(text);
    requireFullAttention();
    int hidden = text.positiveUpTo(MAX_WIDTH, "hidden_size");
    int heads = text.positiveInteger("num_attention_heads");
    int kvHeads = text.positiveInteger("num_key_value_heads", heads);
    if (hidden % heads != 0) {
      throw text.invalid(
          "num_attention_heads", "is " + heads + ", which does not divide hidden_size " + hidden);
    }
    if (heads % kvHeads != 0) {
      throw text.invalid(
          "num_key_value_heads",
          "is " + kvHeads + ", which does not divide num_attention_heads " + heads);
    }
    int headDim = hidden / heads;
    if (text.positiveInteger("head_dim", headDim) != headDim) {
      throw text.unsupported("head_dim", "hidden_size / num_attention_heads = " + headDim);
    }
    if (!text.flag("attention_bias", true)) {
      throw text.unsupported("attention_bias", "true");
    }
    CheckpointJson rope = rope();
    return new TextConfig(
        hidden,
        text.positiveUpTo(MAX_LAYERS, "num_hidden_layers"),
        heads,
        kvHeads,
        headDim,
        text.positiveUpTo(MAX_WIDTH, "intermediate_size"),
        text.positiveUpTo(MAX_VOCABULARY, "vocab_size"),
        text.positiveNumber("rms_norm_eps", DEFAULT_RMS_NORM_EPS),
        rope.positiveNumber("rope_theta", text.positiveNumber("rope_theta", DEFAULT_ROPE_THETA)),
        mropeSection(rope, headDim),
        text.positiveInteger("max_position_embeddings", 32_768),
        config.flag("tie_word_embeddings", text.flag("tie_word_embeddings", false)));
  }

  private static void requireSilu(CheckpointJson fields) {
    if (!fields.text("hidden_act").orElse("silu").equals("silu")) {
      throw fields.unsupported("hidden_act", "\"silu\"");
    }
  }

  private void requireFullAttention() {
    int layers = text.positiveUpTo(MAX_LAYERS, "num_hidden_layers");
    if (text.flag("use_sliding_window", false)
        && text.has("sliding_window")
        && text.positiveInteger("max_window_layers", 80) < layers) {
      throw text.unsupported(
          "use_sliding_window", "false, or max_window_layers of " + layers + " or more");
    }
    if (!text.texts("layer_types").orElse(List.of()).stream().allMatch("full_attention"::equals)) {
      throw text.unsupported("layer_types", "\"full_attention\"");
    }
  }

  private CheckpointJson rope() {
    CheckpointJson rope =
        text.object("rope_parameters")
            .or(() -> text.object("rope_scaling"))
            .orElseThrow(
                () -> text.invalid("rope_scaling", "is missing, and so is rope_parameters"));
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

  private static List<Integer> mropeSection(CheckpointJson rope, int headDim) {
    List<Integer> section =
        rope.integers("mrope_section")
            .orElseThrow(() -> rope.invalid("mrope_section", "is missing"));
    boolean fits =
        section.size() == 3
            && section.stream().allMatch(width -> width >= 0)
            && section.stream().mapToInt(Integer::intValue).sum() * 2 == headDim;
    if (!fits) {
      throw rope.invalid(
          "mrope_section",
          "is %s, not three section widths that add up to half the head dimension of %d"
              .formatted(section, headDim));
    }
    return section;
  }

  VisionConfig vision() {
    CheckpointJson vision =
        config
            .object("vision_config")
            .orElseThrow(() -> config.invalid("vision_config", "is missing"));
    requireSilu(vision);
    int hidden = vision.positiveUpTo(MAX_WIDTH, "hidden_size", 3584);
    int heads = vision.positiveInteger("num_heads", 16);
    if (hidden % heads != 0 || hidden / heads % 4 != 0) {
      throw vision.invalid(
          "num_heads",
          "is %d, which does not give a head dimension that is a multiple of 4 for hidden_size %d"
              .formatted(heads, hidden));
    }
    int depth = vision.positiveUpTo(MAX_LAYERS, "depth", 32);
    int patch = vision.positiveUpTo(MAX_PATCH, "patch_size", 14);
    requireValue(vision, "spatial_patch_size", patch);
    requireValue(vision, "temporal_patch_size", 2);
    requireValue(vision, "in_chans", 3);
    requireValue(vision, "in_channels", 3);
    int merge = vision.positiveUpTo(MAX_PATCH, "spatial_merge_size", 2);
    int window = vision.positiveUpTo(MAX_WIDTH, "window_size", 112);
    if (window < merge * patch) {
      throw vision.invalid(
          "window_size",
          "is " + window + ", less than the side of a merged token, " + merge * patch);
    }
    int out = vision.positiveInteger("out_hidden_size", 3584);
    if (out != text.positiveUpTo(MAX_WIDTH, "hidden_size")) {
      throw vision.invalid(
          "out_hidden_size",
          "is %d, but the decoder's hidden_size is %d"
              .formatted(out, text.positiveUpTo(MAX_WIDTH, "hidden_size")));
    }
    return new VisionConfig(
        hidden,
        depth,
        heads,
        vision.positiveUpTo(MAX_WIDTH, "intermediate_size", 3420),
        out,
        patch,
        merge,
        2,
        window,
        fullAttention(vision, depth),
        vision.positiveNumber("tokens_per_second", 4),
        3);
  }

  private static void requireValue(CheckpointJson fields, String key, int only) {
    if (fields.positiveInteger(key, only) != only) {
      throw fields.unsupported(key, String.valueOf(only));
    }
  }

  private static Set<Integer> fullAttention(CheckpointJson vision, int depth) {
    Set<Integer> blocks =
        new TreeSet<>(vision.integers("fullatt_block_indexes").orElse(DEFAULT_FULL_ATTENTION));
    boolean stated = vision.has("fullatt_block_indexes");
    blocks.removeIf(block -> !stated && block >= depth);
    for (int block : blocks) {
      if (block < 0 || block >= depth) {
        throw vision.invalid(
            "fullatt_block_indexes",
            "names block %d, but there are only %d blocks".formatted(block, depth));
      }
    }
    return blocks;
  }

  /// Ids of the vision tokens. Those absent from `config.json` come from the tokenizer.
  ///
  /// @throws CheckpointException when the two files disagree, or neither has an id
  VisionTokens tokens(AddedTokens added) {
    return new VisionTokens(
        token("image_token_id", "<|image_pad|>", added),
        token("video_token_id", "<|video_pad|>", added),
        token("vision_start_token_id", "<|vision_start|>", added),
        token("vision_end_token_id", "<|vision_end|>", added));
  }

  private int token(String key, String content, AddedTokens added) {
    long tokenizer = added.id(content).orElse(-1);
    long id = config.integerIfPresent(key).orElse(tokenizer);
    if (id == -1) {
      throw config.invalid(key, "is missing, and " + added.file() + " does not define " + content);
    }
    if (tokenizer != -1 && id != tokenizer) {
      throw config.invalid(
          key, "is %d, but %s defines %s as %d".formatted(id, added.file(), content, tokenizer));
    }
    int vocabulary = text.positiveUpTo(MAX_VOCABULARY, "vocab_size");
    if (id < 0 || id >= vocabulary) {
      throw config.invalid(
          key, "is " + id + ", outside the vocabulary of " + vocabulary + " tokens");
    }
    return (int) id;
  }

  /// Ids of the stop tokens, for checkpoints without `generation_config.json`.
  List<Integer> eosTokenIds() {
    List<Integer> outer = config.oneOrMoreIntegers("eos_token_id");
    return outer.isEmpty() ? text.oneOrMoreIntegers("eos_token_id") : outer;
  }
}
