package io.chronoscope.qwen.decoder;

import io.chronoscope.checkpoint.GenerationDefaults;
import io.chronoscope.checkpoint.TextConfig;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.NativeTensor;
import io.chronoscope.ort.Session;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/// One batch of prompts on its way through the decoder. Used once, by one thread. Every native
/// tensor that it makes or receives is closed when [#run()] returns, also when it throws.
final class DecodeBatch {

  private final Session session;
  private final TextConfig text;
  private final GenerationDefaults generation;
  private final ElementType compute;
  private final DecodeSettings settings;
  private final List<DecodeRequest> requests;
  private final int longest;
  private final Row[] rows;

  /// Inputs of the next run; owned.
  private final Map<String, NativeTensor> inputs = new HashMap<>();

  private final Set<String> stateNames;

  DecodeBatch(
      Session session,
      TextConfig text,
      GenerationDefaults generation,
      ElementType compute,
      DecodeSettings settings,
      List<DecodeRequest> requests) {
    this.session = session;
    this.text = text;
    this.generation = generation;
    this.compute = compute;
    this.settings = settings;
    this.requests = requests;
    this.longest = requests.stream().mapToInt(r -> r.prompt().length()).max().orElseThrow();
    this.rows = requests.stream().map(Row::new).toArray(Row[]::new);
    this.stateNames = stateNames();
  }

  /// One prompt's answer so far.
  private static final class Row {

    private final DecodeRequest request;
    private final IntStream.Builder generated = IntStream.builder();
    private int count;
    private int lastToken;
    private boolean finished;
    private float[] firstLogits = new float[0];
    private long decodeNanos;

    Row(DecodeRequest request) {
      this.request = request;
    }

    boolean done() {
      return finished || count >= request.maxNewTokens();
    }

    int remaining() {
      return done() ? 0 : request.maxNewTokens() - count;
    }

    void accept(int token, boolean end) {
      generated.add(token);
      count++;
      lastToken = token;
      finished = end;
      request.onToken().accept(token);
    }
  }

  List<Decoded> run() {
    try {
      feedPrompts();
      long start = System.nanoTime();
      int steps = advance(settings.firstRunTokens(), true);
      long prefillNanos = System.nanoTime() - start;
      int done = steps;
      start = System.nanoTime();
      while (Arrays.stream(rows).anyMatch(row -> !row.done())) {
        feedTokens(done);
        done += advance(settings.tokensPerRun(), false);
        long elapsed = System.nanoTime() - start;
        for (Row row : rows) {
          if (row.decodeNanos == 0 && row.done() || !row.done()) {
            row.decodeNanos = elapsed;
          }
        }
      }
      return Arrays.stream(rows)
          .map(row ->
              new Decoded(
                  row.generated.build().toArray(),
                  row.finished,
                  row.firstLogits,
                  prefillNanos,
                  row.decodeNanos))
          .toList();
    } finally {
      inputs.values().forEach(NativeTensor::close);
    }
  }

  private Set<String> stateNames() {
    Set<String> names = new HashSet<>(Set.of(DecoderGraph.CACHED));
    if (DecoderGraph.penalises(generation)) {
      names.add(DecoderGraph.SEEN);
    }
    for (int layer = 0; layer < text.layers(); layer++) {
      names.add(DecoderGraph.keys(layer));
      names.add(DecoderGraph.values(layer));
    }
    return names;
  }

  private void feed(String name, NativeTensor tensor) {
    NativeTensor old = inputs.put(name, tensor);
    if (old != null) {
      old.close();
    }
  }

  private void feedPrompts() {
    int batch = rows.length;
    long[] tokens = new long[batch * longest];
    float[] positions = new float[batch * longest * 3];
    long[] lastRow = new long[batch];
    int[] lastIndex = new int[batch];
    float[] offsets = new float[batch];
    for (int row = 0; row < batch; row++) {
      ChatPrompt prompt = requests.get(row).prompt();
      long[] time = prompt.positions().time();
      long[] height = prompt.positions().height();
      long[] width = prompt.positions().width();
      for (int i = 0; i < prompt.length(); i++) {
        int at = row * longest + i;
        tokens[at] = prompt.tokenIds()[i];
        positions[3 * at] = time[i];
        positions[3 * at + 1] = height[i];
        positions[3 * at + 2] = width[i];
      }
      lastRow[row] = prompt.length() - 1;
      lastIndex[row] = prompt.length() - 1;
      offsets[row] = prompt.positions().next() - prompt.length();
    }
    feed(DecoderGraph.TOKENS, NativeTensor.ofLongs(tokens, batch, longest));
    feed(DecoderGraph.POSITIONS, NativeTensor.ofFloats(positions, batch, longest, 3));
    feed(DecoderGraph.LAST_ROW, NativeTensor.ofLongs(lastRow, batch, 1));
    feed(DecoderGraph.LAST_INDEX, NativeTensor.ofInts(lastIndex, batch));
    feed(DecoderGraph.TOTAL, NativeTensor.ofInts(new int[] {longest}));
    feed(DecoderGraph.OFFSET, NativeTensor.ofFloats(offsets, batch));
    feed(DecoderGraph.CACHED, NativeTensor.allocate(ElementType.BOOL, batch, 0));
    feedVisualRows();
    feedSeen();
    long kvHeads = text.kvHeads();
    long headDim = text.headDim();
    for (int layer = 0; layer < text.layers(); layer++) {
      feed(DecoderGraph.keys(layer), NativeTensor.allocate(compute, batch, kvHeads, 0, headDim));
      feed(DecoderGraph.values(layer), NativeTensor.allocate(compute, batch, kvHeads, 0, headDim));
    }
  }

  private void feedVisualRows() {
    int count = requests.stream().mapToInt(r -> r.prompt().visualAt().length).sum();
    long[] places = new long[2 * count];
    NativeTensor visual = NativeTensor.allocate(ElementType.FLOAT32, count, text.hiddenSize());
    feed(DecoderGraph.VISUAL, visual);
    long byteOffset = 0;
    int at = 0;
    for (int row = 0; row < rows.length; row++) {
      for (FloatBuffer piece : requests.get(row).visualRows()) {
        MemorySegment source = MemorySegment.ofBuffer(piece);
        MemorySegment.copy(source, 0, visual.memory(), byteOffset, source.byteSize());
        byteOffset += source.byteSize();
      }
      for (int place : requests.get(row).prompt().visualAt()) {
        places[at++] = row;
        places[at++] = place;
      }
    }
    feed(DecoderGraph.VISUAL_AT, NativeTensor.ofLongs(places, count, 2));
  }

  private void feedSeen() {
    if (DecoderGraph.penalises(generation)) {
      NativeTensor seen = NativeTensor.allocate(ElementType.BOOL, rows.length, text.vocabSize());
      feed(DecoderGraph.SEEN, seen);
      for (int row = 0; row < rows.length; row++) {
        for (int id : requests.get(row).prompt().tokenIds()) {
          seen.memory().set(ValueLayout.JAVA_BYTE, (long) row * text.vocabSize() + id, (byte) 1);
        }
      }
    }
  }

  /// Goes on after `done` generated tokens: the last one of each row is not in the cache yet.
  private void feedTokens(int done) {
    int batch = rows.length;
    long[] tokens = new long[batch];
    float[] positions = new float[batch * 3];
    int[] lastIndex = new int[batch];
    for (int row = 0; row < batch; row++) {
      ChatPrompt prompt = requests.get(row).prompt();
      tokens[row] = rows[row].lastToken;
      Arrays.fill(positions, 3 * row, 3 * row + 3, prompt.positions().next() + done - 1);
      lastIndex[row] = prompt.length() + done - 1;
    }
    feed(DecoderGraph.TOKENS, NativeTensor.ofLongs(tokens, batch, 1));
    feed(DecoderGraph.POSITIONS, NativeTensor.ofFloats(positions, batch, 1, 3));
    feed(DecoderGraph.LAST_ROW, NativeTensor.ofLongs(new long[batch], batch, 1));
    feed(DecoderGraph.LAST_INDEX, NativeTensor.ofInts(lastIndex, batch));
    feed(DecoderGraph.TOTAL, NativeTensor.ofInts(new int[] {longest + done}));
    feed(DecoderGraph.VISUAL, NativeTensor.allocate(ElementType.FLOAT32, 0, text.hiddenSize()));
    feed(DecoderGraph.VISUAL_AT, NativeTensor.ofLongs(new long[0], 0, 2));
  }

  /// Runs the loop once.
  ///
  /// @return steps made
  private int advance(int limit, boolean first) {
    int wanted = Math.min(limit, Arrays.stream(rows).mapToInt(Row::remaining).max().orElse(0));
    byte[] ended = new byte[rows.length];
    for (int row = 0; row < rows.length; row++) {
      ended[row] = (byte) (rows[row].done() ? 1 : 0);
    }
    feed(DecoderGraph.STEPS, NativeTensor.ofLongs(new long[] {wanted}));
    feed(DecoderGraph.FINISHED, NativeTensor.ofBytes(ElementType.BOOL, ended, rows.length));

    Set<String> outputs = new HashSet<>();
    outputs.add(DecoderGraph.GENERATED);
    if (first) {
      outputs.add(DecoderGraph.FIRST_LOGITS);
    }
    stateNames.forEach(name -> outputs.add(DecoderGraph.next(name)));
    Map<String, NativeTensor> results = session.run(inputs, outputs);
    try {
      for (String name : stateNames) {
        NativeTensor state = results.remove(DecoderGraph.next(name));
        if (state != null) {
          feed(name, state);
        }
      }
      if (first) {
        readFirstLogits(results);
      }
      return readTokens(results);
    } finally {
      results.values().forEach(NativeTensor::close);
    }
  }

  private static NativeTensor result(Map<String, NativeTensor> results, String name) {
    NativeTensor tensor = results.get(name);
    if (tensor == null) {
      throw new IllegalStateException("the decoder gave no " + name);
    }
    return tensor;
  }

  private void readFirstLogits(Map<String, NativeTensor> results) {
    float[] logits = result(results, DecoderGraph.FIRST_LOGITS).toFloats();
    int vocab = text.vocabSize();
    for (int row = 0; row < rows.length; row++) {
      rows[row].firstLogits = Arrays.copyOfRange(logits, row * vocab, (row + 1) * vocab);
    }
  }

  private int readTokens(Map<String, NativeTensor> results) {
    long[] tokens = result(results, DecoderGraph.GENERATED).toLongs();
    int steps = tokens.length / rows.length;
    for (int step = 0; step < steps; step++) {
      for (int row = 0; row < rows.length; row++) {
        if (!rows[row].done()) {
          int token = (int) tokens[step * rows.length + row];
          rows[row].accept(token, generation.eosTokenIds().contains(token));
        }
      }
    }
    return steps;
  }
}
