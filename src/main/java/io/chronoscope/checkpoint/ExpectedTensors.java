package io.chronoscope.checkpoint;

import java.util.LinkedHashMap;
import java.util.Map;

/// The tensors that a checkpoint with a given configuration must have: published name to shape.
public final class ExpectedTensors {

  private final Map<String, long[]> shapes = new LinkedHashMap<>();

  private ExpectedTensors() {}

  /// Published name to shape, in the order of the architecture.
  public static Map<String, long[]> of(TextConfig text, VisionConfig vision) {
    ExpectedTensors expected = new ExpectedTensors();
    expected.addVision(vision);
    expected.addText(text);
    return expected.shapes;
  }

  private void addVision(VisionConfig c) {
    long hidden = c.hiddenSize();
    add(
        "visual.patch_embed.proj.weight",
        hidden,
        c.inChannels(),
        c.temporalPatchSize(),
        c.patchSize(),
        c.patchSize());
    for (int i = 0; i < c.depth(); i++) {
      String block = "visual.blocks." + i + ".";
      add(block + "norm1.weight", hidden);
      add(block + "norm2.weight", hidden);
      addLinear(block + "attn.qkv", 3 * hidden, hidden);
      addLinear(block + "attn.proj", hidden, hidden);
      addLinear(block + "mlp.gate_proj", c.intermediateSize(), hidden);
      addLinear(block + "mlp.up_proj", c.intermediateSize(), hidden);
      addLinear(block + "mlp.down_proj", hidden, c.intermediateSize());
    }
    long merged = hidden * c.spatialMergeSize() * c.spatialMergeSize();
    add("visual.merger.ln_q.weight", hidden);
    addLinear("visual.merger.mlp.0", merged, merged);
    addLinear("visual.merger.mlp.2", c.outHiddenSize(), merged);
  }

  private void addText(TextConfig c) {
    long hidden = c.hiddenSize();
    long queries = (long) c.heads() * c.headDim();
    long keys = (long) c.kvHeads() * c.headDim();
    add("model.embed_tokens.weight", c.vocabSize(), hidden);
    for (int i = 0; i < c.layers(); i++) {
      String layer = "model.layers." + i + ".";
      add(layer + "input_layernorm.weight", hidden);
      addLinear(layer + "self_attn.q_proj", queries, hidden);
      addLinear(layer + "self_attn.k_proj", keys, hidden);
      addLinear(layer + "self_attn.v_proj", keys, hidden);
      add(layer + "self_attn.o_proj.weight", hidden, queries);
      add(layer + "post_attention_layernorm.weight", hidden);
      add(layer + "mlp.gate_proj.weight", c.intermediateSize(), hidden);
      add(layer + "mlp.up_proj.weight", c.intermediateSize(), hidden);
      add(layer + "mlp.down_proj.weight", hidden, c.intermediateSize());
    }
    add("model.norm.weight", hidden);
    if (!c.tiedEmbeddings()) {
      add(Weights.LM_HEAD, c.vocabSize(), hidden);
    }
  }

  private void addLinear(String name, long out, long in) {
    add(name + ".weight", out, in);
    add(name + ".bias", out);
  }

  private void add(String name, long... shape) {
    shapes.put(name, shape);
  }
}
