package io.chronoscope.qwen.encoder;

import io.chronoscope.checkpoint.Preprocessor;
import io.chronoscope.checkpoint.VisionConfig;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.ort.Device;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.Memory;
import io.chronoscope.ort.NativeTensor;
import io.chronoscope.ort.Session;
import io.chronoscope.qwen.position.Rotary2d;
import io.chronoscope.qwen.position.RotaryTables;
import io.chronoscope.qwen.position.TokenGrid;
import io.chronoscope.qwen.position.WindowPartition;
import io.chronoscope.qwen.weights.ModelWeights;
import io.chronoscope.vlm.EncodedPair;
import io.chronoscope.vlm.FramePair;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/// Encodes batches of frame pairs of one size. Thread-safe.
public final class VisionEncoder implements AutoCloseable {

  /// Cached plans. A camera has one frame size, so this serves many cameras.
  private static final int MAX_CACHED_PLANS = 64;

  /// How large the widest activation of a run on the CPU may grow before the rest of a batch
  /// becomes a run of its own. A CPU gains nothing from larger runs, and loses the caches: four
  /// pairs at 448² in one run cost a quarter more CPU time than one by one with the widths of the
  /// 3B model (docs/benchmarks/engine-cpu.md).
  private static final long MAX_CPU_ACTIVATION_BYTES = 16L << 20;

  private final Session session;
  private final VisionConfig vision;
  private final EmptyWindows emptyWindows;
  private final long maxPatches;
  private final Map<TokenGrid, Plan> plans = new ConcurrentHashMap<>();

  /// @param maxPatches of the pairs in one run
  private VisionEncoder(
      Session session, VisionConfig vision, EmptyWindows emptyWindows, long maxPatches) {
    this.session = session;
    this.vision = vision;
    this.emptyWindows = emptyWindows;
    this.maxPatches = maxPatches;
  }

  /// Compiles the encoder. The files of the weights must stay in place until it is closed.
  ///
  /// @param compute FLOAT32 or BFLOAT16
  /// @param intraOpThreads threads that share one operator; 0 leaves it to the runtime
  /// @throws io.chronoscope.ort.OnnxRuntimeException when the runtime rejects the graph
  public static VisionEncoder compile(
      VisionConfig vision,
      Preprocessor preprocessor,
      ModelWeights weights,
      ElementType compute,
      Device device,
      int intraOpThreads) {
    EmptyWindows emptyWindows =
        switch (device) {
          case Device.Cpu() ->
              Session.acceptsEmptyTensors() ? EmptyWindows.COMPUTE : EmptyWindows.SKIP;
          case Device.Cuda(int ordinal) -> EmptyWindows.SKIP;
        };
    return compile(vision, preprocessor, weights, compute, device, intraOpThreads, emptyWindows);
  }

  /// As above, with a choice that the device would allow.
  public static VisionEncoder compile(
      VisionConfig vision,
      Preprocessor preprocessor,
      ModelWeights weights,
      ElementType compute,
      Device device,
      int intraOpThreads,
      EmptyWindows emptyWindows) {
    return new VisionEncoder(
        Session.compile(
            "vision encoder",
            EncoderGraph.build(vision, preprocessor, weights, compute, emptyWindows),
            device,
            intraOpThreads),
        vision,
        emptyWindows,
        switch (device) {
          case Device.Cpu() -> maxPatchesOnCpu(vision);
          case Device.Cuda(int ordinal) -> Long.MAX_VALUE;
        });
  }

  private static long maxPatchesOnCpu(VisionConfig vision) {
    return MAX_CPU_ACTIVATION_BYTES / (Float.BYTES * (long) vision.intermediateSize());
  }

  /// Compiles the graph that computes in BF16 on a GPU for the CPU, which rounds after each
  /// operator ([Session#compileRounding]).
  public static VisionEncoder compileRounding(
      VisionConfig vision, Preprocessor preprocessor, ModelWeights weights, int intraOpThreads) {
    return new VisionEncoder(
        Session.compileRounding(
            "vision encoder",
            EncoderGraph.build(
                vision, preprocessor, weights, ElementType.BFLOAT16, EmptyWindows.SKIP),
            intraOpThreads),
        vision,
        EmptyWindows.SKIP,
        Long.MAX_VALUE);
  }

  /// Encodes a batch.
  ///
  /// @param pairs of one frame size, a multiple of the merged token's side; at least one
  /// @return in the order of `pairs`
  /// @throws IllegalArgumentException when sizes differ or are not such multiples
  public List<EncodedPair> encode(List<FramePair> pairs) {
    return encode(pairs, maxPatches);
  }

  /// As above, in runs of at most `maxPatches`, or of one pair where that has more.
  List<EncodedPair> encode(List<FramePair> pairs, long maxPatches) {
    FrameSize size = sizeOf(pairs.getFirst());
    for (FramePair pair : pairs) {
      if (!sizeOf(pair).equals(size)) {
        throw new IllegalArgumentException(
            "a batch of frame pairs mixes %s and %s".formatted(size, sizeOf(pair)));
      }
    }
    TokenGrid grid = TokenGrid.of(size, vision.tokenSizePx());
    Plan plan = plan(grid);
    int run = (int) Math.clamp(maxPatches / plan.patches(), 1, pairs.size());
    List<EncodedPair> encoded = new ArrayList<>(pairs.size());
    for (int start = 0; start < pairs.size(); start += run) {
      encoded.addAll(
          run(pairs.subList(start, Math.min(start + run, pairs.size())), size, grid, plan));
    }
    return encoded;
  }

  private List<EncodedPair> run(List<FramePair> pairs, FrameSize size, TokenGrid grid, Plan plan) {
    Map<String, NativeTensor> inputs = new HashMap<>();
    // A GPU copies to and from pinned memory directly.
    try (NativeTensor embeddings =
        session.allocateUnset(
            Memory.PINNED,
            ElementType.FLOAT32,
            pairs.size(),
            grid.tokens(),
            vision.outHiddenSize())) {
      feed(inputs, pairs, size, grid, plan);
      session
          .run(inputs, Set.of(), Map.of(EncoderGraph.EMBEDDINGS, embeddings))
          .values()
          .forEach(NativeTensor::close);
      return split(embeddings.memory(), pairs.size(), grid);
    } finally {
      inputs.values().forEach(NativeTensor::close);
    }
  }

  private static FrameSize sizeOf(FramePair pair) {
    return new FrameSize(pair.first().widthPx(), pair.first().heightPx());
  }

  private void feed(
      Map<String, NativeTensor> inputs,
      List<FramePair> pairs,
      FrameSize size,
      TokenGrid grid,
      Plan plan) {
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

  /// Copies each pair into a buffer of its own, so that none keeps its batch alive.
  private static List<EncodedPair> split(MemorySegment embeddings, int pairs, TokenGrid grid) {
    long bytes = embeddings.byteSize() / pairs;
    return IntStream.range(0, pairs)
        .parallel()
        .mapToObj(i ->
            new EncodedPair(
                grid.rows(), grid.columns(), copyOf(embeddings.asSlice(i * bytes, bytes))))
        .toList();
  }

  /// Unlike `allocate`, `allocateFrom` does not clear the memory first.
  private static FloatBuffer copyOf(MemorySegment rows) {
    ValueLayout.OfFloat number = ValueLayout.JAVA_FLOAT;
    return Arena.ofAuto()
        .allocateFrom(number, rows, number, 0, rows.byteSize() / number.byteSize())
        .asByteBuffer()
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer()
        .asReadOnlyBuffer();
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

  @Override
  public void close() {
    session.close();
  }
}
