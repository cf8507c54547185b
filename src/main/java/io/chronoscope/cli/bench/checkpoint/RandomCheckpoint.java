package io.chronoscope.cli.bench.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.checkpoint.ExpectedTensors;
import io.chronoscope.checkpoint.TextConfig;
import io.chronoscope.checkpoint.VisionConfig;
import io.chronoscope.cli.console.FileTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongConsumer;

/// A checkpoint in the published layout with random BF16 weights, to measure a model's true shape
/// without its weights. Its text means nothing; the work is that of the real model. Norms are one,
/// all other weights are drawn from a normal distribution with a deviation of 0.02, as a model is
/// initialized. The same shape and seed give the same bytes.
///
/// The tokenizer and the token ids come from another checkpoint, usually the demo checkpoint; ids
/// beyond its vocabulary decode to nothing.
///
/// @param tokenizerFrom checkpoint directory whose tokenizer and chat template are copied
public record RandomCheckpoint(ModelShape shape, long seed, Path tokenizerFrom) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final double DEVIATION = 0.02;
  private static final long SHARD_BYTES = 4_000_000_000L;
  private static final int BUFFER_BYTES = 8 << 20;
  private static final List<String> COPIED =
      List.of(
          "tokenizer.json",
          "tokenizer_config.json",
          "chat_template.json",
          "generation_config.json");

  /// Draws of the normal distribution as BF16 bits. Four 16-bit indices from one random `long` pick
  /// four of them, which makes billions of weights a matter of seconds.
  private static final short[] DRAWS = draws();

  private static short[] draws() {
    Random random = new Random(7);
    short[] draws = new short[1 << 16];
    for (int i = 0; i < draws.length; i += 2) {
      // In pairs of opposite sign, so that the mean is zero.
      draws[i] = bfloat16((float) (random.nextGaussian() * DEVIATION));
      draws[i + 1] = (short) (draws[i] ^ 0x8000);
    }
    return draws;
  }

  /// Rounds to the nearest BF16 number, ties to even.
  private static short bfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    return (short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16);
  }

  /// Bytes of the weight files without their headers.
  public long weightBytes() {
    return tensors().values().stream().mapToLong(RandomCheckpoint::bytes).sum();
  }

  private Map<String, long[]> tensors() {
    return ExpectedTensors.of(shape.text(), shape.vision());
  }

  private static long bytes(long[] sides) {
    return Arrays.stream(sides).reduce(2, Math::multiplyExact);
  }

  /// Writes the checkpoint into a directory that does not exist yet. It appears under its name only
  /// when it is complete; what an interrupted call left beside it is replaced.
  ///
  /// @param written receives the weight bytes written so far, of [#weightBytes()]
  /// @throws IOException when a file cannot be written
  public void write(Path directory, LongConsumer written) throws IOException {
    Path partial = directory.resolveSibling(directory.getFileName() + ".partial");
    FileTree.delete(partial);
    Files.createDirectories(partial);
    for (String file : COPIED) {
      Path source = tokenizerFrom.resolve(file);
      if (Files.exists(source)) {
        Files.copy(source, partial.resolve(file));
      }
    }
    JSON.writeValue(partial.resolve("config.json").toFile(), config());
    JSON.writeValue(partial.resolve("preprocessor_config.json").toFile(), preprocessor());
    writeWeights(partial, written);
    Files.move(partial, directory, StandardCopyOption.ATOMIC_MOVE);
  }

  private ObjectNode config() throws IOException {
    ObjectNode config = (ObjectNode) JSON.readTree(tokenizerFrom.resolve("config.json").toFile());
    TextConfig text = shape.text();
    config
        .put("model_type", "qwen2_5_vl")
        .put("torch_dtype", "bfloat16")
        .put("vocab_size", text.vocabSize())
        .put("hidden_size", text.hiddenSize())
        .put("num_hidden_layers", text.layers())
        .put("num_attention_heads", text.heads())
        .put("num_key_value_heads", text.kvHeads())
        .put("intermediate_size", text.intermediateSize())
        .put("tie_word_embeddings", text.tiedEmbeddings())
        .put("max_position_embeddings", text.maxPositions())
        .put("rms_norm_eps", text.rmsNormEps())
        .put("rope_theta", text.ropeTheta());
    ObjectNode rope = config.putObject("rope_scaling").put("type", "mrope");
    text.mropeSection().forEach(rope.putArray("mrope_section")::add);
    VisionConfig vision = shape.vision();
    ArrayNode blocks =
        config
            .putObject("vision_config")
            .put("depth", vision.depth())
            .put("hidden_size", vision.hiddenSize())
            .put("num_heads", vision.heads())
            .put("intermediate_size", vision.intermediateSize())
            .put("out_hidden_size", vision.outHiddenSize())
            .put("patch_size", vision.patchSize())
            .put("spatial_patch_size", vision.patchSize())
            .put("spatial_merge_size", vision.spatialMergeSize())
            .put("window_size", vision.windowSizePx())
            .put("tokens_per_second", (int) vision.tokensPerSecond())
            .put("in_chans", vision.inChannels())
            .put("hidden_act", "silu")
            .putArray("fullatt_block_indexes");
    vision.fullAttentionBlocks().stream().sorted().forEach(blocks::add);
    return config;
  }

  private ObjectNode preprocessor() throws IOException {
    Path source = tokenizerFrom.resolve("preprocessor_config.json");
    return ((ObjectNode) JSON.readTree(source.toFile()))
        .put("min_pixels", 3136)
        .put("max_pixels", 12_845_056);
  }

  private void writeWeights(Path directory, LongConsumer written) throws IOException {
    List<Map<String, long[]>> shards = shards();
    ObjectNode index = JSON.createObjectNode();
    index.putObject("metadata").put("total_size", weightBytes());
    ObjectNode fileOf = index.putObject("weight_map");
    Progress progress = new Progress(written);
    for (int i = 0; i < shards.size(); i++) {
      String name =
          shards.size() == 1
              ? "model.safetensors"
              : "model-%05d-of-%05d.safetensors".formatted(i + 1, shards.size());
      writeShard(directory.resolve(name), shards.get(i), progress);
      shards.get(i).keySet().forEach(tensor -> fileOf.put(tensor, name));
    }
    if (shards.size() > 1) {
      JSON.writeValue(directory.resolve("model.safetensors.index.json").toFile(), index);
    }
  }

  private static final class Progress {

    private final LongConsumer written;
    private long bytes;

    Progress(LongConsumer written) {
      this.written = written;
    }

    void add(long more) {
      bytes += more;
      written.accept(bytes);
    }
  }

  /// Files of at most about 4 GB each, as published.
  private List<Map<String, long[]>> shards() {
    List<Map<String, long[]>> shards = new ArrayList<>(List.of(new LinkedHashMap<>()));
    long size = 0;
    for (Map.Entry<String, long[]> tensor : tensors().entrySet()) {
      long bytes = bytes(tensor.getValue());
      if (size > 0 && size + bytes > SHARD_BYTES) {
        shards.add(new LinkedHashMap<>());
        size = 0;
      }
      shards.getLast().put(tensor.getKey(), tensor.getValue());
      size += bytes;
    }
    return shards;
  }

  private void writeShard(Path file, Map<String, long[]> tensors, Progress progress)
      throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      writeFully(channel, header(tensors));
      ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      for (Map.Entry<String, long[]> tensor : tensors.entrySet()) {
        Weights weights = weights(tensor.getKey());
        long left = bytes(tensor.getValue());
        while (left > 0) {
          buffer.clear().limit((int) Math.min(left, BUFFER_BYTES));
          left -= buffer.limit();
          weights.fill(buffer);
          progress.add(buffer.flip().limit());
          writeFully(channel, buffer);
        }
      }
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private static ByteBuffer header(Map<String, long[]> tensors) {
    ObjectNode header = JSON.createObjectNode();
    header.putObject("__metadata__").put("format", "pt");
    long at = 0;
    for (Map.Entry<String, long[]> tensor : tensors.entrySet()) {
      ObjectNode entry = header.putObject(tensor.getKey()).put("dtype", "BF16");
      Arrays.stream(tensor.getValue()).forEach(entry.putArray("shape")::add);
      entry.putArray("data_offsets").add(at).add(at += bytes(tensor.getValue()));
    }
    byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
    // Padded with blanks, so that the data is aligned.
    int length = json.length + 7 & ~7;
    byte[] padded = Arrays.copyOf(json, length);
    Arrays.fill(padded, json.length, length, (byte) ' ');
    return ByteBuffer.allocate(8 + length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(length)
        .put(padded)
        .flip();
  }

  private Weights weights(String tensor) {
    return tensor.contains("norm") || tensor.contains("ln_q")
        ? new Weights.Ones()
        : new Weights.Normal(seed + 0x9e3779b97f4a7c15L * tensor.hashCode());
  }

  /// The numbers of one tensor, in order.
  private sealed interface Weights {

    /// Puts BF16 numbers up to the buffer's limit.
    void fill(ByteBuffer buffer);

    record Ones() implements Weights {

      private static final short ONE = bfloat16(1f);

      @Override
      public void fill(ByteBuffer buffer) {
        while (buffer.hasRemaining()) {
          buffer.putShort(ONE);
        }
      }
    }

    /// Independent draws, by the generator SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
    final class Normal implements Weights {

      private long state;

      Normal(long seed) {
        this.state = seed;
      }

      @Override
      public void fill(ByteBuffer buffer) {
        while (buffer.remaining() >= 8) {
          long random = next();
          buffer.putShort(DRAWS[(int) random & 0xffff]);
          buffer.putShort(DRAWS[(int) (random >>> 16) & 0xffff]);
          buffer.putShort(DRAWS[(int) (random >>> 32) & 0xffff]);
          buffer.putShort(DRAWS[(int) (random >>> 48)]);
        }
        while (buffer.hasRemaining()) {
          buffer.putShort(DRAWS[(int) next() & 0xffff]);
        }
      }

      private long next() {
        state += 0x9e3779b97f4a7c15L;
        long z = (state ^ state >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
      }
    }
  }
}
