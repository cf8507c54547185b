package io.chronoscope.qwen.encoder;

import io.chronoscope.checkpoint.Preprocessor;
import io.chronoscope.checkpoint.VisionConfig;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.ort.Device;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.Memory;
import io.chronoscope.ort.NativeTensor;
import io.chronoscope.ort.Session;
import io.chronoscope.qwen.position.TokenGrid;
import io.chronoscope.qwen.weights.ModelWeights;
import io.chronoscope.vlm.EncodedPair;
import io.chronoscope.vlm.FramePair;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/// Encodes batches of frame pairs of one size. Thread-safe.
public final class VisionEncoder implements AutoCloseable {

  /// How large the widest activation of a run on the CPU may grow before the rest of a batch
  /// becomes a run of its own. A CPU gains nothing from larger runs, and loses the caches: four
  /// pairs at 448² in one run cost a quarter more CPU time than one by one with the widths of the
  /// 3B model (docs/benchmarks/engine-cpu.md).
  private static final long MAX_CPU_ACTIVATION_BYTES = 16L << 20;

  private final Session session;
  private final VisionConfig vision;
  private final EncoderInputs inputs;
  private final long maxPatches;

  /// @param maxPatches of the pairs in one run
  private VisionEncoder(
      Session session, VisionConfig vision, EmptyWindows emptyWindows, long maxPatches) {
    this.session = session;
    this.vision = vision;
    this.inputs = new EncoderInputs(session, vision, emptyWindows);
    this.maxPatches = maxPatches;
  }

  /// Compiles the encoder. The files of the weights must stay in place until it is closed.
  ///
  /// @param compute FLOAT32 or BFLOAT16
  /// @param intraOpThreads threads that share one operator; 0 means one for each processor
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
    FrameSize size = pairs.getFirst().size();
    for (FramePair pair : pairs) {
      if (!pair.size().equals(size)) {
        throw new IllegalArgumentException(
            "a batch of frame pairs mixes %s and %s".formatted(size, pair.size()));
      }
    }
    TokenGrid grid = TokenGrid.of(size, vision.tokenSizePx());
    int patches = grid.tokens() * vision.spatialMergeSize() * vision.spatialMergeSize();
    int run = (int) Math.clamp(maxPatches / patches, 1, pairs.size());
    List<EncodedPair> encoded = new ArrayList<>(pairs.size());
    for (int start = 0; start < pairs.size(); start += run) {
      encoded.addAll(run(pairs.subList(start, Math.min(start + run, pairs.size())), grid));
    }
    return encoded;
  }

  private List<EncodedPair> run(List<FramePair> pairs, TokenGrid grid) {
    Map<String, NativeTensor> fed = new HashMap<>();
    // A GPU copies to and from pinned memory directly.
    try (NativeTensor embeddings =
        session.allocateUnset(
            Memory.PINNED,
            ElementType.FLOAT32,
            pairs.size(),
            grid.tokens(),
            vision.outHiddenSize())) {
      inputs.feed(fed, pairs);
      session
          .run(fed, Set.of(), Map.of(EncoderGraph.EMBEDDINGS, embeddings))
          .values()
          .forEach(NativeTensor::close);
      return split(embeddings.memory(), pairs.size(), grid);
    } finally {
      fed.values().forEach(NativeTensor::close);
    }
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

  @Override
  public void close() {
    session.close();
  }
}
