package io.chronoscope.cli.bench.engine;

import io.chronoscope.ort.Device;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.Graph;
import io.chronoscope.ort.NativeTensor;
import io.chronoscope.ort.Ops;
import io.chronoscope.ort.Session;
import io.chronoscope.ort.Value;
import io.chronoscope.qwen.Precision;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/// Measures what [Ceilings] holds, through the same runtime as the model: products of square
/// matrices, or additions of a scalar to a long vector, which read and write all of it.
///
/// A run is the difference between a chain of operations and one of twice its length, so that the
/// transfer of inputs and the start of a run cancel out. Owns its sessions and inputs.
final class CeilingProbe implements Workload, AutoCloseable {

  /// Names of the rows.
  static final String PRODUCT = "product";

  static final String COPY = "copy";

  /// About as much faster is a product in INT8 than one in FP32: a run takes as long.
  private static final int INTEGER_SPEED = 6;

  private static final String IN = "in";
  private static final String LENGTH = "length";
  private static final String OUT = "out";

  /// @param side of the matrices
  /// @param products in the shorter chain
  /// @param vector elements of the vector, FP32
  /// @param passes over the vector in the shorter chain
  record Sizes(int side, int products, long vector, int passes) {

    static Sizes of(Device device) {
      return switch (device) {
        case Device.Cpu() -> new Sizes(1536, 2, 32L << 20, 4);
        case Device.Cuda(int ordinal) -> new Sizes(8192, 32, 128L << 20, 32);
      };
    }
  }

  private final Session shorter;
  private final Session longer;
  private final Map<String, NativeTensor> inputs;
  private final double billions;
  private final Stopwatch stopwatch;

  private CeilingProbe(
      Session shorter,
      Session longer,
      Map<String, NativeTensor> inputs,
      double billions,
      Stopwatch stopwatch) {
    this.shorter = shorter;
    this.longer = longer;
    this.inputs = inputs;
    this.billions = billions;
    this.stopwatch = stopwatch;
  }

  /// Products of matrices as the model computes them; its items are billions of operations.
  static CeilingProbe product(
      Device device, Precision precision, Sizes sizes, Stopwatch stopwatch) {
    double side = sizes.side();
    int count = sizes.products() * (isInteger(precision) ? INTEGER_SPEED : 1);
    return new CeilingProbe(
        compile(products(precision, sizes.side(), count), device),
        compile(products(precision, sizes.side(), 2 * count), device),
        Map.of(IN, matrix(sizes.side())),
        count * 2 * side * side * side / 1e9,
        stopwatch);
  }

  /// Passes over memory; its items are GB, read and written.
  static CeilingProbe copy(Device device, Sizes sizes, Stopwatch stopwatch) {
    return new CeilingProbe(
        compile(passes(sizes.passes()), device),
        compile(passes(2 * sizes.passes()), device),
        Map.of(
            IN, NativeTensor.ofFloats(new float[] {1}, 1),
            LENGTH, NativeTensor.ofLongs(new long[] {sizes.vector()}, 1)),
        sizes.passes() * 2.0 * Float.BYTES * sizes.vector() / 1e9,
        stopwatch);
  }

  private static Session compile(Graph graph, Device device) {
    return Session.compile("ceiling", graph, device, 0);
  }

  private static NativeTensor matrix(int side) {
    NativeTensor matrix = NativeTensor.allocate(ElementType.FLOAT32, side, side);
    Random random = new Random(7);
    // With this deviation a product of such matrices has the same one.
    double deviation = 1 / Math.sqrt(side);
    for (long i = 0; i < (long) side * side; i++) {
      float value = (float) (random.nextGaussian() * deviation);
      matrix.memory().setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
    }
    return matrix;
  }

  private static Graph products(Precision precision, int side, int count) {
    if (isInteger(precision)) {
      return integerProducts(side, count);
    }
    return products(
        precision == Precision.BF16 ? ElementType.BFLOAT16 : ElementType.FLOAT32, count);
  }

  /// Whether prompts and the encoder are multiplied in INT8.
  private static boolean isInteger(Precision precision) {
    return switch (precision) {
      case INT8, INT4 -> true;
      case FP32, BF16 -> false;
    };
  }

  private static Graph products(ElementType elements, int count) {
    Graph graph = Graph.named("products");
    Ops ops = new Ops(graph);
    Value matrix = ops.cast(graph.input(IN, ElementType.FLOAT32, 2), elements);
    Value product = matrix;
    for (int i = 0; i < count; i++) {
      product = ops.matMul(product, matrix);
    }
    graph.output(OUT, first(ops, product), 2);
    return graph;
  }

  /// Products of one quantized matrix with itself. Scales differ, so that the runtime does not take
  /// equal products for one.
  private static Graph integerProducts(int side, int count) {
    Graph graph = Graph.named("products");
    Ops ops = new Ops(graph);
    Value zeroPoint = graph.uint8(128);
    Value step = graph.floats(new float[] {0.001f});
    Value quantized = ops.quantize(graph.input(IN, ElementType.FLOAT32, 2), step, zeroPoint);
    Value matrix = graph.int8s(randomBytes(side), side, side);
    List<Value> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] scales = new float[side];
      Arrays.fill(scales, i + 1);
      Value product =
          ops.integerMatMul(quantized, step, zeroPoint, matrix, graph.floats(scales, side));
      rows.add(first(ops, product));
    }
    graph.output(OUT, ops.concat(rows, 0), 2);
    return graph;
  }

  private static byte[] randomBytes(int side) {
    byte[] bytes = new byte[side * side];
    new Random(7).nextBytes(bytes);
    return bytes;
  }

  private static Graph passes(int count) {
    Graph graph = Graph.named("passes");
    Ops ops = new Ops(graph);
    Value start = graph.input(IN, ElementType.FLOAT32, 1);
    Value vector = ops.expand(start, graph.input(LENGTH, ElementType.INT64, 1));
    for (int i = 0; i < count; i++) {
      vector = ops.add(vector, graph.scalar(1f));
    }
    graph.output(OUT, first(ops, vector), 1);
    return graph;
  }

  /// The first row, so that the result is not transferred whole.
  private static Value first(Ops ops, Value value) {
    return ops.cast(ops.gather(value, ops.graph().list(0), 0), ElementType.FLOAT32);
  }

  @Override
  public void warmUp() {
    run(shorter);
    run(longer);
  }

  @Override
  public Outcome run() {
    Cost less = stopwatch.time(() -> run(shorter));
    Cost more = stopwatch.time(() -> run(longer));
    Cost difference = more.minus(less);
    // On a machine busy with other work a difference can vanish. Half of the longer chain, with
    // half of the overhead, is never less.
    Cost cost =
        difference.seconds() > 0 ? difference : new Cost(more.seconds() / 2, more.cpuSeconds() / 2);
    return new Outcome(cost, Dimensions.NONE, billions, List.of());
  }

  private void run(Session session) {
    session.run(inputs, Set.of(OUT)).values().forEach(NativeTensor::close);
  }

  @Override
  public void close() {
    shorter.close();
    longer.close();
    inputs.values().forEach(NativeTensor::close);
  }
}
