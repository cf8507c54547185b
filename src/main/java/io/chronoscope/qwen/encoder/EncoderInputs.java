package io.chronoscope.qwen.encoder;

import io.chronoscope.checkpoint.VisionConfig;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.Memory;
import io.chronoscope.ort.NativeTensor;
import io.chronoscope.ort.Session;
import io.chronoscope.qwen.position.Rotary2d;
import io.chronoscope.qwen.position.RotaryTables;
import io.chronoscope.qwen.position.TokenGrid;
import io.chronoscope.qwen.position.WindowPartition;
import io.chronoscope.vlm.FramePair;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/// What a run of the encoder's graph reads: the pixels of its frame pairs, and what follows from
/// their size: order of the windows, rotary tables. Thread-safe.
final class EncoderInputs {

  /// Cached plans. A camera has one frame size, so this serves many cameras.
  private static final int MAX_CACHED_PLANS = 64;

  private final Session session;
  private final VisionConfig vision;
  private final EmptyWindows emptyWindows;
  private final Map<TokenGrid, Plan> plans = new ConcurrentHashMap<>();

  /// @param session of the graph; stays the caller's
  EncoderInputs(Session session, VisionConfig vision, EmptyWindows emptyWindows) {
    this.session = session;
    this.vision = vision;
    this.emptyWindows = emptyWindows;
  }

  /// Adds the inputs of one run.
  ///
  /// @param inputs by name; the caller closes the tensors, also those added before a failure
  /// @param pairs of one size
  void feed(Map<String, NativeTensor> inputs, List<FramePair> pairs) {
    FrameSize size = pairs.getFirst().size();
    TokenGrid grid = TokenGrid.of(size, vision.tokenSizePx());
    Plan plan = plan(grid);
    int count = pairs.size();
    long merge = vision.spatialMergeSize();
    NativeTensor frames =
        session.allocateUnset(
            Memory.PINNED, ElementType.UINT8, count, 2, size.heightPx(), size.widthPx(), 3);
    inputs.put(EncoderGraph.FRAMES, frames);
    long frameBytes = 3 * size.pixels();
    // A GPU has nothing to do meanwhile, so all cores copy.
    IntStream.range(0, count)
        .parallel()
        .forEach(i -> {
          FramePair pair = pairs.get(i);
          copy(pair.first().rgb(), frames.memory(), 2L * i * frameBytes, frameBytes);
          copy(pair.second().rgb(), frames.memory(), (2L * i + 1) * frameBytes, frameBytes);
        });
    long patch = vision.patchSize();
    inputs.put(
        EncoderGraph.PATCH_SHAPE,
        list(count, 2, grid.rows(), merge, patch, grid.columns(), merge, 3 * patch));
    inputs.put(EncoderGraph.WINDOW_ORDER, list(plan.windowOrder()));
    inputs.put(EncoderGraph.ROW_ORDER, list(plan.rowOrder()));
    inputs.put(EncoderGraph.COS, NativeTensor.ofFloats(plan.cos(), plan.patches(), plan.half()));
    inputs.put(EncoderGraph.SIN, NativeTensor.ofFloats(plan.sin(), plan.patches(), plan.half()));
    long[] sizePatches = new long[WindowAttention.SIZES];
    long hidden = vision.hiddenSize();
    for (int bucket = 0; bucket < WindowAttention.SIZES; bucket++) {
      long windows = 0;
      long length = 1;
      if (bucket < plan.buckets().size()) {
        WindowPartition.Bucket found = plan.buckets().get(bucket);
        windows = found.count();
        length = found.windowTokens() * merge * merge;
      }
      sizePatches[bucket] = windows * length;
      inputs.put(WindowAttention.windowShape(bucket), list(count * windows, length, hidden));
      inputs.put(WindowAttention.pairShape(bucket), list(count, windows * length, hidden));
    }
    inputs.put(WindowAttention.SIZE_PATCHES, list(sizePatches));
    if (emptyWindows == EmptyWindows.SKIP) {
      for (int bucket = 1; bucket < WindowAttention.SIZES; bucket++) {
        inputs.put(WindowAttention.filled(bucket), flag(sizePatches[bucket] > 0));
      }
      inputs.put(WindowAttention.ONE_SIZE, flag(plan.buckets().size() == 1));
    }
  }

  private static void copy(MemorySegment picture, MemorySegment frames, long at, long bytes) {
    MemorySegment.copy(picture, 0, frames, at, bytes);
  }

  private static NativeTensor flag(boolean value) {
    return NativeTensor.ofBytes(ElementType.BOOL, new byte[] {(byte) (value ? 1 : 0)});
  }

  private static NativeTensor list(long... values) {
    return NativeTensor.ofLongs(values, values.length);
  }

  /// The graph's index tensors and rotary tables for one grid.
  ///
  /// @param half `headDim / 2`
  @SuppressWarnings("ArrayRecordComponent") // private to this class and never changed
  private record Plan(
      long[] windowOrder,
      long[] rowOrder,
      List<WindowPartition.Bucket> buckets,
      int patches,
      int half,
      float[] cos,
      float[] sin) {}

  private Plan plan(TokenGrid grid) {
    Plan known = plans.get(grid);
    if (known != null) {
      return known;
    }
    if (plans.size() >= MAX_CACHED_PLANS) {
      plans.clear();
    }
    Plan plan = newPlan(grid);
    plans.put(grid, plan);
    return plan;
  }

  private Plan newPlan(TokenGrid grid) {
    WindowPartition partition = WindowPartition.of(grid, vision.windowTokens());
    RotaryTables tables =
        Rotary2d.windowOrdered(grid, partition, vision.spatialMergeSize(), vision.headDim());
    int half = tables.headDim() / 2;
    return new Plan(
        Arrays.stream(partition.windowOrder()).asLongStream().toArray(),
        Arrays.stream(partition.rowOrder()).asLongStream().toArray(),
        partition.buckets(),
        tables.rows(),
        half,
        firstHalves(tables.cos(), tables.rows(), half),
        firstHalves(tables.sin(), tables.rows(), half));
  }

  /// The graph's operator wants each row's angles once; the tables repeat them.
  private static float[] firstHalves(float[] table, int rows, int half) {
    float[] halves = new float[rows * half];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(table, 2 * row * half, halves, row * half, half);
    }
    return halves;
  }
}
