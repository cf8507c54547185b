package io.chronoscope.qwen.decoder;

import io.chronoscope.checkpoint.TextConfig;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.NativeTensor;
import io.chronoscope.qwen.prompt.ChatPrompt;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The input tensors of a batch's next run of [DecoderGraph]: first the prompts, then the last
/// token of each sequence with the state that the previous run returned. Owns the tensors.
final class DecoderInputs implements AutoCloseable {

  private final TextConfig text;
  private final ElementType compute;
  private final boolean tracksSeenTokens;
  private final List<DecodeRequest> requests;
  private final int batch;
  private final int longest;
  private final Map<String, NativeTensor> tensors = new HashMap<>();

  /// @param selection whether it penalizes repetition decides which state there is
  DecoderInputs(
      TextConfig text,
      GreedySelection selection,
      ElementType compute,
      List<DecodeRequest> requests) {
    this.text = text;
    this.compute = compute;
    this.tracksSeenTokens = selection.penalizesRepetition();
    this.requests = requests;
    this.batch = requests.size();
    this.longest = requests.stream().mapToInt(r -> r.prompt().length()).max().orElseThrow();
  }

  /// The tensors by input name; they stay this object's.
  Map<String, NativeTensor> tensors() {
    return tensors;
  }

  /// Names of the inputs that the previous run returns.
  Set<String> stateNames() {
    Set<String> names = new HashSet<>(Set.of(DecoderGraph.CACHE_MASK));
    if (tracksSeenTokens) {
      names.add(DecoderGraph.SEEN);
    }
    for (int layer = 0; layer < text.layers(); layer++) {
      names.add(DecoderGraph.keys(layer));
      names.add(DecoderGraph.values(layer));
    }
    return names;
  }

  /// Replaces an input.
  ///
  /// @param tensor closed with this object, or when it is replaced in turn
  void set(String name, NativeTensor tensor) {
    NativeTensor old = tensors.put(name, tensor);
    if (old != null) {
      old.close();
    }
  }

  /// Sets the inputs that limit a run.
  ///
  /// @param finished of each sequence
  void setRun(int steps, boolean[] finished) {
    byte[] bytes = new byte[batch];
    for (int sequence = 0; sequence < batch; sequence++) {
      bytes[sequence] = (byte) (finished[sequence] ? 1 : 0);
    }
    set(DecoderGraph.STEPS, NativeTensor.ofLongs(new long[] {steps}));
    set(DecoderGraph.FINISHED, NativeTensor.ofBytes(ElementType.BOOL, bytes, batch));
  }

  /// Sets the prompts and an empty state, for prefill.
  void setPrompts() {
    long[] tokens = new long[batch * longest];
    float[] positions = new float[batch * longest * 3];
    long[] lastToken = new long[batch];
    int[] lastCacheIndex = new int[batch];
    float[] delta = new float[batch];
    for (int sequence = 0; sequence < batch; sequence++) {
      ChatPrompt prompt = requests.get(sequence).prompt();
      long[] time = prompt.positions().time();
      long[] height = prompt.positions().height();
      long[] width = prompt.positions().width();
      for (int i = 0; i < prompt.length(); i++) {
        int at = sequence * longest + i;
        tokens[at] = prompt.tokenIds()[i];
        positions[3 * at] = time[i];
        positions[3 * at + 1] = height[i];
        positions[3 * at + 2] = width[i];
      }
      lastToken[sequence] = prompt.length() - 1;
      lastCacheIndex[sequence] = prompt.length() - 1;
      delta[sequence] = prompt.positions().next() - prompt.length();
    }
    set(DecoderGraph.TOKENS, NativeTensor.ofLongs(tokens, batch, longest));
    set(DecoderGraph.POSITIONS, NativeTensor.ofFloats(positions, batch, longest, 3));
    set(DecoderGraph.LAST_TOKEN, NativeTensor.ofLongs(lastToken, batch, 1));
    set(DecoderGraph.LAST_CACHE_INDEX, NativeTensor.ofInts(lastCacheIndex, batch));
    set(DecoderGraph.POSITION_DELTA, NativeTensor.ofFloats(delta, batch));
    set(DecoderGraph.CACHE_MASK, NativeTensor.allocate(ElementType.BOOL, batch, 0));
    setVisualEmbeddings();
    setSeenTokens();
    long kvHeads = text.kvHeads();
    long headDim = text.headDim();
    for (int layer = 0; layer < text.layers(); layer++) {
      set(DecoderGraph.keys(layer), NativeTensor.allocate(compute, batch, kvHeads, 0, headDim));
      set(DecoderGraph.values(layer), NativeTensor.allocate(compute, batch, kvHeads, 0, headDim));
    }
  }

  private void setVisualEmbeddings() {
    int count = requests.stream().mapToInt(r -> r.prompt().visualAt().length).sum();
    long[] indices = new long[2 * count];
    NativeTensor visual = NativeTensor.allocate(ElementType.FLOAT32, count, text.hiddenSize());
    set(DecoderGraph.VISUAL, visual);
    long byteOffset = 0;
    int at = 0;
    for (int sequence = 0; sequence < batch; sequence++) {
      for (FloatBuffer piece : requests.get(sequence).visualRows()) {
        MemorySegment source = MemorySegment.ofBuffer(piece);
        MemorySegment.copy(source, 0, visual.memory(), byteOffset, source.byteSize());
        byteOffset += source.byteSize();
      }
      for (int token : requests.get(sequence).prompt().visualAt()) {
        indices[at++] = sequence;
        indices[at++] = token;
      }
    }
    set(DecoderGraph.VISUAL_INDICES, NativeTensor.ofLongs(indices, count, 2));
  }

  private void setSeenTokens() {
    if (!tracksSeenTokens) {
      return;
    }
    NativeTensor seen = NativeTensor.allocate(ElementType.BOOL, batch, text.vocabSize());
    set(DecoderGraph.SEEN, seen);
    for (int sequence = 0; sequence < batch; sequence++) {
      long row = (long) sequence * text.vocabSize();
      for (int id : requests.get(sequence).prompt().tokenIds()) {
        seen.memory().set(ValueLayout.JAVA_BYTE, row + id, (byte) 1);
      }
    }
  }

  /// Sets the last token of each sequence, which is not in the cache yet, for more decode steps.
  ///
  /// @param generated tokens generated so far for each sequence
  void setLastTokens(int[] lastTokens, int generated) {
    long[] tokens = Arrays.stream(lastTokens).asLongStream().toArray();
    float[] positions = new float[batch * 3];
    int[] lastCacheIndex = new int[batch];
    for (int sequence = 0; sequence < batch; sequence++) {
      ChatPrompt prompt = requests.get(sequence).prompt();
      Arrays.fill(
          positions, 3 * sequence, 3 * sequence + 3, prompt.positions().next() + generated - 1);
      lastCacheIndex[sequence] = prompt.length() + generated - 1;
    }
    set(DecoderGraph.TOKENS, NativeTensor.ofLongs(tokens, batch, 1));
    set(DecoderGraph.POSITIONS, NativeTensor.ofFloats(positions, batch, 1, 3));
    set(DecoderGraph.LAST_TOKEN, NativeTensor.ofLongs(new long[batch], batch, 1));
    set(DecoderGraph.LAST_CACHE_INDEX, NativeTensor.ofInts(lastCacheIndex, batch));
    set(DecoderGraph.VISUAL, NativeTensor.allocate(ElementType.FLOAT32, 0, text.hiddenSize()));
    set(DecoderGraph.VISUAL_INDICES, NativeTensor.ofLongs(new long[0], 0, 2));
  }

  @Override
  public void close() {
    tensors.values().forEach(NativeTensor::close);
  }
}
