package io.chronoscope.checkpoint;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// The quantization that a checkpoint declares, as far as its tensors do not show it themselves.
///
/// @param layout of the packed matrices
/// @param groupSize inputs that share a scale; -1 for all inputs of an output
record PackedFormat(PackedMatrix.Layout layout, int groupSize) {

  /// The file of its own that older tools write.
  static final String OWN_FILE = "quantize_config.json";

  private static final int MIN_GROUP = 16;

  /// Reads `quantization_config` of `config.json`, or the file of its own that older tools write.
  ///
  /// @return empty for a checkpoint that is not quantized
  /// @throws CheckpointException when this program does not implement the quantization
  static Optional<PackedFormat> read(CheckpointJson config, Optional<CheckpointJson> ownFile) {
    Optional<CheckpointJson> text = config.object("text_config");
    for (CheckpointJson fields : text.map(t -> List.of(config, t)).orElse(List.of(config))) {
      if (fields.has("compression_config")) {
        throw fields.invalid("compression_config", "is present, which is not supported");
      }
    }
    return config
        .object("quantization_config")
        .or(() -> text.flatMap(t -> t.object("quantization_config")))
        .or(() -> ownFile)
        .map(PackedFormat::of);
  }

  private static PackedFormat of(CheckpointJson fields) {
    String method = either(fields, "quant_method", "method").orElse("gptq");
    requireBits(fields);
    return new PackedFormat(
        switch (method.toLowerCase(Locale.ROOT)) {
          case "awq" -> awq(fields);
          case "gptq" -> gptq(fields);
          default ->
              throw fields.invalid(
                  fields.has("quant_method") ? "quant_method" : "method",
                  "is " + method + ", which is not supported (only awq and gptq)");
        },
        groupSize(fields));
  }

  private static Optional<String> either(CheckpointJson fields, String key, String older) {
    return fields.text(key).or(() -> fields.text(older));
  }

  private static void requireBits(CheckpointJson fields) {
    String key = fields.has("w_bit") ? "w_bit" : "bits";
    if (fields.integer(key) != 4) {
      throw fields.unsupported(key, "4");
    }
  }

  private static int groupSize(CheckpointJson fields) {
    String key = fields.has("q_group_size") ? "q_group_size" : "group_size";
    long size = fields.integer(key);
    boolean powerOfTwo = size >= MIN_GROUP && size <= 1 << 20 && Long.bitCount(size) == 1;
    if (size != -1 && !powerOfTwo) {
      throw fields.unsupported(key, "-1 and powers of two from " + MIN_GROUP + " on");
    }
    return (int) size;
  }

  private static PackedMatrix.Layout awq(CheckpointJson fields) {
    if (!fields.text("version").orElse("gemm").equalsIgnoreCase("gemm")) {
      throw fields.unsupported("version", "\"gemm\"");
    }
    if (!fields.flag("zero_point", true)) {
      throw fields.unsupported("zero_point", "true");
    }
    return PackedMatrix.Layout.AWQ;
  }

  private static PackedMatrix.Layout gptq(CheckpointJson fields) {
    if (!fields.text("pack_dtype").orElse("int32").equals("int32")) {
      throw fields.unsupported("pack_dtype", "\"int32\"");
    }
    if (fields.flag("is_marlin_format", false)) {
      throw fields.unsupported("is_marlin_format", "false");
    }
    if (fields.flag("lm_head", false)) {
      throw fields.unsupported("lm_head", "false");
    }
    Set<String> rules = fields.object("dynamic").map(CheckpointJson::keys).orElse(Set.of());
    // Rules that begin with "-:" leave modules unquantized, which their tensors show. All others
    // give modules other bits or groups.
    if (!rules.stream().allMatch(rule -> rule.startsWith("-:"))) {
      throw fields.unsupported("dynamic", "rules that skip modules, \"-:…\"");
    }
    String format = either(fields, "checkpoint_format", "format").orElse("gptq");
    return switch (format) {
      case "gptq" -> PackedMatrix.Layout.GPTQ;
      case "gptq_v2", "gptq_p" -> PackedMatrix.Layout.GPTQ_V2;
      default ->
          throw fields.invalid(
              fields.has("checkpoint_format") ? "checkpoint_format" : "format",
              "is " + format + ", which is not supported (only gptq, gptq_v2 and gptq_p)");
    };
  }
}
