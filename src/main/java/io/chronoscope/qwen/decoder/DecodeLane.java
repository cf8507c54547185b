package io.chronoscope.qwen.decoder;

import io.chronoscope.ort.Binding;
import io.chronoscope.ort.CapturedRun;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.Memory;
import io.chronoscope.ort.NativeTensor;
import io.chronoscope.ort.Session;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The memory in which a batch decodes, a row for each sequence, and the runs over it: the KV
/// cache, the tokens that a sequence contains, and a step's small tensors. Used by one thread at a
/// time.
final class DecodeLane implements AutoCloseable {

  /// Which rows a run computes, and from which memory.
  enum Runs {
    /// The rows in use, with their real lengths. Tensors are bound anew when sequences join or
    /// leave.
    ORDINARY,
    /// All rows, always at the same addresses and shapes, so that the runs can be captured as a
    /// CUDA graph. Idle rows compute one token that nobody reads. Inputs are copied to the device
    /// before a run, since a graph reads them at their address.
    CAPTURED
  }

  /// What the lanes of a decoder share.
  ///
  /// @param vocabSize tokens of which it is tracked whether a sequence contains them; 0 without a
  ///   repetition penalty
  record Model(
      Session session, KvCache.Allocator memory, int hiddenSize, int vocabSize, Runs runs) {}

  private final Model model;
  private final KvCache cache;
  private final NativeTensor seen;
  private @Nullable Bound bound;

  /// @param capacity tokens for which each row has room
  DecodeLane(Model model, int rows, int capacity) {
    this.model = model;
    this.cache = model.memory().allocate(rows, capacity);
    this.seen = model.session().allocate(Memory.PINNED, ElementType.BOOL, rows, model.vocabSize());
  }

  KvCache cache() {
    return cache;
  }

  /// Whether a sequence contains a token, one byte for each; empty without a repetition penalty.
  MemorySegment seenRow(int row) {
    return seen.memory().asSlice((long) row * model.vocabSize(), model.vocabSize());
  }

  void markSeen(int row, int token) {
    if (model.vocabSize() > 0) {
      seenRow(row).set(ValueLayout.JAVA_BYTE, token, (byte) 1);
    }
  }

  /// Computes one token of each sequence.
  ///
  /// @param sequences in the rows from 0 on
  /// @return in their order
  List<SelectedToken> run(List<StepSequence> sequences) {
    int count =
        switch (model.runs()) {
          case ORDINARY -> sequences.size();
          case CAPTURED -> cache.rows();
        };
    Bound current = bound;
    if (current == null || current.count != count) {
      if (current != null) {
        current.close();
      }
      current = new Bound(count);
      bound = current;
    }
    return current.run(sequences);
  }

  /// The tensors of a run. The runtime reads and writes them in place, so they serve all steps over
  /// the same rows.
  private final class Bound implements AutoCloseable {

    private final int count;
    private final Binding binding = model.session().bind();
    private final List<NativeTensor> owned = new ArrayList<>();

    /// Inputs on the device, by the host tensor that they are copied from.
    private final Map<NativeTensor, NativeTensor> copies = new LinkedHashMap<>();

    private final NativeTensor tokens;
    private final NativeTensor positions;
    private final NativeTensor lastCacheIndex;
    private final NativeTensor totalLength;
    private final NativeTensor selected;
    private final NativeTensor logitSums;
    private final NativeTensor logProbabilities;
    private final Runnable run;

    Bound(int count) {
      this.count = count;
      this.tokens = input(StepGraph.TOKENS, ElementType.INT64, count, 1);
      this.positions = input(StepGraph.POSITIONS, ElementType.FLOAT32, count, 1, 3);
      NativeTensor positionRows = input(StepGraph.POSITION_ROWS, ElementType.INT64, count, 1);
      for (int row = 0; row < count; row++) {
        positionRows.memory().setAtIndex(ValueLayout.JAVA_LONG, row, row);
      }
      this.lastCacheIndex = input(StepGraph.LAST_CACHE_INDEX, ElementType.INT32, count);
      // Read by the host when it launches the operator.
      this.totalLength = own(host(ElementType.INT32, 1));
      binding.input(StepGraph.TOTAL_LENGTH, totalLength);
      input(StepGraph.LAST_TOKEN, ElementType.INT64, count, 1);
      input(StepGraph.VISUAL, ElementType.FLOAT32, 0, model.hiddenSize());
      input(StepGraph.VISUAL_INDICES, ElementType.INT64, 0, 2);
      if (model.vocabSize() > 0) {
        bindInput(StepGraph.SEEN, own(seen.view(count, model.vocabSize())));
      }
      List<NativeTensor> views = cache.firstRows(count);
      owned.addAll(views);
      for (int i = 0; i < views.size(); i++) {
        String name = i % 2 == 0 ? StepGraph.keys(i / 2) : StepGraph.values(i / 2);
        binding.input(name, views.get(i)).output(StepGraph.next(name), views.get(i));
      }
      this.selected = output(StepGraph.SELECTED, ElementType.INT64, count);
      this.logitSums = output(StepGraph.LOGIT_SUMS, ElementType.FLOAT32, count);
      this.logProbabilities = output(StepGraph.LOG_PROBABILITIES, ElementType.FLOAT32, count);
      this.run =
          switch (model.runs()) {
            case ORDINARY -> binding::run;
            case CAPTURED -> captured();
          };
    }

    /// The cache is the only thing that a run changes and reads, and it writes the same again.
    private Runnable captured() {
      CapturedRun captured = model.session().captured(binding, List.of());
      return captured::run;
    }

    private NativeTensor host(ElementType type, long... shape) {
      return model.session().allocate(Memory.PINNED, type, shape);
    }

    private NativeTensor own(NativeTensor tensor) {
      owned.add(tensor);
      return tensor;
    }

    private NativeTensor input(String name, ElementType type, long... shape) {
      return bindInput(name, own(host(type, shape)));
    }

    private NativeTensor bindInput(String name, NativeTensor host) {
      switch (model.runs()) {
        case ORDINARY -> binding.input(name, host);
        case CAPTURED -> {
          NativeTensor onDevice =
              own(model.session().allocate(Memory.DEVICE, host.type(), host.shape()));
          copies.put(host, onDevice);
          binding.input(name, onDevice);
        }
      }
      return host;
    }

    private NativeTensor output(String name, ElementType type, long... shape) {
      Memory memory =
          switch (model.runs()) {
            case ORDINARY -> Memory.PINNED;
            case CAPTURED -> Memory.DEVICE;
          };
      NativeTensor tensor = own(model.session().allocate(memory, type, shape));
      binding.output(name, tensor);
      return tensor;
    }

    List<SelectedToken> run(List<StepSequence> sequences) {
      int total = 0;
      for (int row = 0; row < sequences.size(); row++) {
        StepSequence sequence = sequences.get(row);
        setRow(
            row, sequence.answer().lastToken(), sequence.lastPosition(), sequence.lastCacheIndex());
        total = Math.max(total, sequence.lastCacheIndex() + 1);
      }
      for (int row = sequences.size(); row < count; row++) {
        setRow(row, 0, 0, 0);
      }
      totalLength.memory().set(ValueLayout.JAVA_INT, 0, totalLength(total));
      copies.forEach((host, onDevice) -> onDevice.copyFrom(host));
      run.run();
      long[] ids = selected.toLongs();
      float[] sums = logitSums.toFloats();
      float[] logs = logProbabilities.toFloats();
      List<SelectedToken> results = new ArrayList<>();
      for (int row = 0; row < sequences.size(); row++) {
        results.add(new SelectedToken((int) ids[row], sums[row], logs[row]));
      }
      return results;
    }

    /// A captured run keeps the number that the host read at its capture; the rows' own lengths are
    /// on the device.
    private int totalLength(int longest) {
      return switch (model.runs()) {
        case ORDINARY -> longest;
        case CAPTURED -> cache.capacity();
      };
    }

    private void setRow(int row, long token, float position, int index) {
      tokens.memory().setAtIndex(ValueLayout.JAVA_LONG, row, token);
      for (int axis = 0; axis < 3; axis++) {
        positions.memory().setAtIndex(ValueLayout.JAVA_FLOAT, 3L * row + axis, position);
      }
      lastCacheIndex.memory().setAtIndex(ValueLayout.JAVA_INT, row, index);
    }

    @Override
    public void close() {
      binding.close();
      owned.forEach(NativeTensor::close);
    }
  }

  @Override
  public void close() {
    if (bound != null) {
      bound.close();
      bound = null;
    }
    cache.close();
    seen.close();
  }
}
