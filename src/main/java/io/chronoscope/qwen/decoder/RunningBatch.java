package io.chronoscope.qwen.decoder;

import io.chronoscope.checkpoint.TextConfig;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.NativeTensor;
import io.chronoscope.ort.Session;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// Sequences that decode together, each in a row of one KV cache. A sequence joins with the keys
/// and values of its prompt and leaves when it has ended; the last row then takes its place. All
/// rows have the room of the longest one, so only sequences of similar length share a batch. Used
/// by one thread.
final class RunningBatch implements AutoCloseable {

  /// Rows grow by this many tokens at least.
  private static final int MIN_GROWTH = 128;

  /// A sequence joins if neither it nor the longest one is longer than the other by this factor.
  private static final int MAX_LENGTH_RATIO = 2;

  private final Session session;
  private final TextConfig text;
  private final KvCache.Allocator memory;
  private final boolean tracksSeenTokens;
  private final List<StepSequence> rows = new ArrayList<>();
  private KvCache cache;
  private NativeTensor seen;
  private Bound bound;

  /// @param first joins this batch
  RunningBatch(
      Session session,
      TextConfig text,
      KvCache.Allocator memory,
      boolean tracksSeenTokens,
      StepSequence first,
      KvCache from) {
    this.session = session;
    this.text = text;
    this.memory = memory;
    this.tracksSeenTokens = tracksSeenTokens;
    this.cache = memory.allocate(1, capacityFor(first.promptTokens()));
    this.seen = seenOf(1);
    add(first, from);
    this.bound = new Bound();
  }

  private static int capacityFor(int tokens) {
    int room = Math.max(MIN_GROWTH, tokens / 8);
    return Math.ceilDiv(tokens + room, MIN_GROWTH) * MIN_GROWTH;
  }

  private NativeTensor seenOf(int count) {
    return NativeTensor.allocate(ElementType.BOOL, count, tracksSeenTokens ? text.vocabSize() : 0);
  }

  int size() {
    return rows.size();
  }

  List<StepSequence> sequences() {
    return List.copyOf(rows);
  }

  /// Whether a sequence of this length wastes little memory here.
  boolean suits(int tokens) {
    int longest = longest();
    return tokens <= MAX_LENGTH_RATIO * longest && longest <= MAX_LENGTH_RATIO * tokens;
  }

  private int longest() {
    return rows.stream().mapToInt(StepSequence::lastCacheIndex).max().orElse(0);
  }

  /// @param from holds the prompt of `sequence` in its only row
  void join(StepSequence sequence, KvCache from) {
    int needed = Math.max(longest(), sequence.lastCacheIndex()) + 1;
    if (rows.size() == cache.rows() || needed > cache.capacity()) {
      int count = rows.size() == cache.rows() ? 2 * cache.rows() : cache.rows();
      resize(count, needed > cache.capacity() ? capacityFor(needed) : cache.capacity());
    }
    add(sequence, from);
    rebind();
  }

  private void add(StepSequence sequence, KvCache from) {
    int row = rows.size();
    cache.copyRow(from, 0, row, sequence.promptTokens());
    if (tracksSeenTokens) {
      seenRow(row).fill((byte) 0);
      for (int id : sequence.request().prompt().tokenIds()) {
        markSeen(row, id);
      }
      markSeen(row, sequence.answer().lastToken());
    }
    rows.add(sequence);
  }

  private MemorySegment seenRow(int row) {
    return seen.memory().asSlice((long) row * text.vocabSize(), text.vocabSize());
  }

  private void markSeen(int row, int token) {
    seenRow(row).set(ValueLayout.JAVA_BYTE, token, (byte) 1);
  }

  private void resize(int count, int capacity) {
    KvCache larger = memory.allocate(count, capacity);
    for (int row = 0; row < rows.size(); row++) {
      larger.copyRow(cache, row, row, rows.get(row).lastCacheIndex());
    }
    NativeTensor moreSeen = seenOf(count);
    MemorySegment.copy(
        seen.memory(),
        0,
        moreSeen.memory(),
        0,
        Math.min(seen.memory().byteSize(), moreSeen.memory().byteSize()));
    bound.close();
    cache.close();
    seen.close();
    cache = larger;
    seen = moreSeen;
    bound = new Bound();
  }

  private void rebind() {
    bound.close();
    bound = new Bound();
  }

  /// Removes a sequence, if it is here.
  void remove(StepSequence sequence) {
    int row = rows.indexOf(sequence);
    if (row < 0) {
      return;
    }
    StepSequence last = rows.removeLast();
    if (last != sequence) {
      cache.copyRow(cache, rows.size(), row, last.lastCacheIndex());
      if (tracksSeenTokens) {
        seenRow(row).copyFrom(seenRow(rows.size()));
      }
      rows.set(row, last);
    }
    rebind();
  }

  /// Generates one token of each sequence and removes those that have ended.
  void step() {
    int needed = longest() + 1;
    if (needed > cache.capacity()) {
      resize(cache.rows(), capacityFor(needed));
    }
    bound.run();
    long[] tokens = bound.selected.toLongs();
    float[] sums = bound.logitSums.toFloats();
    List<StepSequence> before = sequences();
    for (int row = 0; row < before.size(); row++) {
      before.get(row).append((int) tokens[row], sums[row]);
      if (tracksSeenTokens) {
        markSeen(row, (int) tokens[row]);
      }
    }
    before.stream().filter(StepSequence::hasEnded).forEach(this::remove);
  }

  /// The tensors of a run over the rows in use. The runtime reads and writes them in place, so they
  /// serve all steps until a sequence joins or leaves.
  private final class Bound implements AutoCloseable {

    private final int count = rows.size();
    private final StepTensors tensors = new StepTensors(session);
    private final NativeTensor tokens = input(StepGraph.TOKENS, ElementType.INT64, count, 1);
    private final NativeTensor positions =
        input(StepGraph.POSITIONS, ElementType.FLOAT32, count, 1, 3);
    private final NativeTensor lastCacheIndex =
        input(StepGraph.LAST_CACHE_INDEX, ElementType.INT32, count);
    private final NativeTensor totalLength = input(StepGraph.TOTAL_LENGTH, ElementType.INT32, 1);
    private final NativeTensor selected =
        tensors.output(StepGraph.SELECTED, ElementType.INT64, count);
    private final NativeTensor logitSums =
        tensors.output(StepGraph.LOGIT_SUMS, ElementType.FLOAT32, count);

    Bound() {
      input(StepGraph.LAST_TOKEN, ElementType.INT64, count, 1);
      input(StepGraph.VISUAL, ElementType.FLOAT32, 0, text.hiddenSize());
      input(StepGraph.VISUAL_INDICES, ElementType.INT64, 0, 2);
      if (tracksSeenTokens) {
        tensors.input(StepGraph.SEEN, seen.view(count, text.vocabSize()));
      }
      tensors.cache(cache, count);
    }

    private NativeTensor input(String name, ElementType type, long... dimensions) {
      return tensors.input(name, NativeTensor.allocate(type, dimensions));
    }

    void run() {
      int total = 0;
      for (int row = 0; row < count; row++) {
        StepSequence sequence = rows.get(row);
        tokens.memory().setAtIndex(ValueLayout.JAVA_LONG, row, sequence.answer().lastToken());
        for (int axis = 0; axis < 3; axis++) {
          positions
              .memory()
              .setAtIndex(ValueLayout.JAVA_FLOAT, 3L * row + axis, sequence.lastPosition());
        }
        int index = sequence.lastCacheIndex();
        lastCacheIndex.memory().setAtIndex(ValueLayout.JAVA_INT, row, index);
        total = Math.max(total, index + 1);
      }
      totalLength.memory().setAtIndex(ValueLayout.JAVA_INT, 0, total);
      tensors.run();
    }

    @Override
    public void close() {
      tensors.close();
    }
  }

  @Override
  public void close() {
    bound.close();
    cache.close();
    seen.close();
  }
}
