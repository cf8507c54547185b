package io.chronoscope.qwen.decoder;

import io.chronoscope.ort.Binding;
import io.chronoscope.ort.CapturedRun;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.Memory;
import io.chronoscope.ort.NativeTensor;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/// The tensors of a decode step of one shape. The runtime reads and writes them in place, so they
/// serve all steps of that shape over the rows of one [DecodeLane]. Used by one thread at a time.
final class BoundStep implements AutoCloseable {

  /// @param rows sequences, in the first rows of the cache
  /// @param tokens of each: its last token and draft tokens. More than one only for one row, since
  ///   the attention takes several tokens behind a cache for a batch of one only
  record Shape(int rows, int tokens) {

    Shape {
      if (rows > 1 && tokens > 1) {
        throw new IllegalArgumentException("%d tokens of %d rows".formatted(tokens, rows));
      }
    }

    int positions() {
      return rows * tokens;
    }
  }

  private final DecodeLane.Model model;
  private final Shape shape;
  private final int capacity;
  private final Binding binding;
  private final List<NativeTensor> owned = new ArrayList<>();

  /// Inputs on the device, by the host tensor that they are copied from.
  private final Map<NativeTensor, NativeTensor> copies = new LinkedHashMap<>();

  private final NativeTensor tokens;
  private final NativeTensor positions;
  private final NativeTensor lastCacheIndex;
  private final NativeTensor totalLength;
  private final SeenTokens seen;
  private final NativeTensor selected;
  private final NativeTensor logitSums;
  private final NativeTensor logProbabilities;
  private final Runnable run;

  /// @param cache stays the lane's, as does `laneSeen`
  BoundStep(DecodeLane.Model model, KvCache cache, SeenTokens laneSeen, Shape shape) {
    this.model = model;
    this.shape = shape;
    this.capacity = cache.capacity();
    this.binding = model.session().bind();
    int rows = shape.rows();
    int count = shape.positions();
    this.tokens = input(StepGraph.TOKENS, ElementType.INT64, rows, shape.tokens());
    this.positions = input(StepGraph.POSITIONS, ElementType.FLOAT32, rows, shape.tokens(), 3);
    setLongs(
        input(StepGraph.POSITION_ROWS, ElementType.INT64, rows, shape.tokens()),
        LongStream.range(0, count));
    setLongs(
        input(StepGraph.LAST_TOKEN, ElementType.INT64, rows, shape.tokens()),
        LongStream.range(0, count).map(position -> position % shape.tokens()));
    this.lastCacheIndex = input(StepGraph.LAST_CACHE_INDEX, ElementType.INT32, rows);
    // Read by the host when it launches the operator.
    this.totalLength = own(host(ElementType.INT32, 1));
    binding.input(StepGraph.TOTAL_LENGTH, totalLength);
    input(StepGraph.VISUAL, ElementType.FLOAT32, 0, model.hiddenSize());
    input(StepGraph.VISUAL_INDICES, ElementType.INT64, 0, 2);
    this.seen =
        shape.tokens() == 1
            ? laneSeen.firstRows(rows)
            : SeenTokens.allocate(model.session(), count, model.vocabSize());
    if (model.vocabSize() > 0) {
      bindInput(StepGraph.SEEN, seen.tensor());
    }
    List<NativeTensor> views = cache.firstRows(rows);
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

  private static void setLongs(NativeTensor tensor, LongStream values) {
    long[] array = values.toArray();
    for (int i = 0; i < array.length; i++) {
      tensor.memory().setAtIndex(ValueLayout.JAVA_LONG, i, array[i]);
    }
  }

  private NativeTensor host(ElementType type, long... dimensions) {
    return model.session().allocate(Memory.PINNED, type, dimensions);
  }

  private NativeTensor own(NativeTensor tensor) {
    owned.add(tensor);
    return tensor;
  }

  private NativeTensor input(String name, ElementType type, long... dimensions) {
    return bindInput(name, own(host(type, dimensions)));
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

  private NativeTensor output(String name, ElementType type, long... dimensions) {
    Memory memory =
        switch (model.runs()) {
          case ORDINARY -> Memory.PINNED;
          case CAPTURED -> Memory.DEVICE;
        };
    NativeTensor tensor = own(model.session().allocate(memory, type, dimensions));
    binding.output(name, tensor);
    return tensor;
  }

  /// Computes the last token of each sequence.
  ///
  /// @param sequences in the rows from 0 on; there may be fewer than rows
  /// @return what follows each, in their order
  List<SelectedToken> run(List<StepSequence> sequences) {
    int total = 0;
    for (int row = 0; row < sequences.size(); row++) {
      StepSequence sequence = sequences.get(row);
      setToken(row, sequence.answer().lastToken(), sequence.lastPosition());
      setLastCacheIndex(row, sequence.lastCacheIndex());
      total = Math.max(total, sequence.lastCacheIndex() + 1);
    }
    for (int row = sequences.size(); row < shape.rows(); row++) {
      setToken(row, 0, 0);
      setLastCacheIndex(row, 0);
    }
    return run(total, sequences.size());
  }

  /// Computes the last token of a sequence and draft tokens behind it.
  ///
  /// @param drafts may be fewer than the shape has room for; other tokens follow then
  /// @param seenBefore what the sequence contains, in row 0
  /// @return what follows the last token and each draft token
  List<SelectedToken> run(StepSequence sequence, int[] drafts, SeenTokens seenBefore) {
    setToken(0, sequence.answer().lastToken(), sequence.lastPosition());
    seen.copyRow(seenBefore, 0, 0);
    for (int i = 0; i < drafts.length; i++) {
      setToken(i + 1, drafts[i], sequence.lastPosition() + i + 1);
      seen.copyRow(seen, i, i + 1);
      seen.mark(i + 1, drafts[i]);
    }
    for (int i = drafts.length + 1; i < shape.tokens(); i++) {
      setToken(i, 0, sequence.lastPosition() + i);
    }
    int total = sequence.lastCacheIndex() + shape.tokens();
    setLastCacheIndex(0, total - 1);
    return run(total, drafts.length + 1);
  }

  /// @param total tokens of the longest sequence after the step
  /// @param results how many of the positions are in use
  private List<SelectedToken> run(int total, int results) {
    totalLength.memory().set(ValueLayout.JAVA_INT, 0, totalLength(total));
    copies.forEach((host, onDevice) -> onDevice.copyFrom(host));
    run.run();
    long[] ids = selected.toLongs();
    float[] sums = logitSums.toFloats();
    float[] logs = logProbabilities.toFloats();
    List<SelectedToken> tokensAfter = new ArrayList<>();
    for (int position = 0; position < results; position++) {
      tokensAfter.add(new SelectedToken((int) ids[position], sums[position], logs[position]));
    }
    return tokensAfter;
  }

  /// A captured run keeps the number that the host read at its capture; the rows' own lengths are
  /// on the device.
  private int totalLength(int longest) {
    return switch (model.runs()) {
      case ORDINARY -> longest;
      case CAPTURED -> capacity;
    };
  }

  private void setToken(int at, long token, float position) {
    tokens.memory().setAtIndex(ValueLayout.JAVA_LONG, at, token);
    for (int axis = 0; axis < 3; axis++) {
      positions.memory().setAtIndex(ValueLayout.JAVA_FLOAT, 3L * at + axis, position);
    }
  }

  private void setLastCacheIndex(int row, int index) {
    lastCacheIndex.memory().setAtIndex(ValueLayout.JAVA_INT, row, index);
  }

  @Override
  public void close() {
    binding.close();
    owned.forEach(NativeTensor::close);
    seen.close();
  }
}
