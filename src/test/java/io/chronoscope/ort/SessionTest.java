package io.chronoscope.ort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionTest {

  @TempDir Path folder;

  /// 1.5, -2, 0.25, 3 in BF16 after seven unrelated bytes.
  private ExternalWeight storedWeight() throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(7 + 8).order(ByteOrder.LITTLE_ENDIAN).position(7);
    for (float value : new float[] {1.5f, -2f, 0.25f, 3f}) {
      bytes.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
    }
    Path file = Files.write(folder.resolve("weights.bin"), bytes.array()).toRealPath();
    return new ExternalWeight("w", ElementType.BFLOAT16, List.of(2L, 2L), file, 7);
  }

  private static float[] reversed(float[] values) {
    float[] reversed = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      reversed[i] = values[values.length - 1 - i];
    }
    return reversed;
  }

  private static float[] run(Session session, Map<String, NativeTensor> inputs, String output) {
    Map<String, NativeTensor> results = session.run(inputs, Set.of(output));
    try {
      return results.get(output).toFloats();
    } finally {
      results.values().forEach(NativeTensor::close);
      inputs.values().forEach(NativeTensor::close);
    }
  }

  @Test
  void readsWeightsFromTheirFileAndConvertsThem() throws IOException {
    Graph graph = Graph.named("linear");
    Ops ops = new Ops(graph);
    Value x = graph.input("x", ElementType.FLOAT32, 2);
    Value w = ops.cast(graph.weight(storedWeight()), ElementType.FLOAT32);
    graph.output("y", ops.linear(x, w), 2);
    try (Session session = Session.compile("linear", graph, Device.CPU, 1)) {
      float[] y = run(session, Map.of("x", NativeTensor.ofFloats(new float[] {1, 10}, 1, 2)), "y");
      assertThat(y).containsExactly(1.5f - 20f, 0.25f + 30f);
    }
  }

  @Test
  void loopReadsOuterWeightsAndMayGrowItsState() throws IOException {
    Graph graph = Graph.named("loop");
    Ops ops = new Ops(graph);
    Value start = graph.input("start", ElementType.FLOAT32, 2);
    Value grown = graph.input("grown", ElementType.FLOAT32, 2);
    Value steps = graph.input("steps", ElementType.INT64, 0);
    Value w = ops.cast(graph.weight(storedWeight()), ElementType.FLOAT32);
    Graph body = graph.body("body");
    Ops inner = new Ops(body);
    body.bodyInput("step", ElementType.INT64, 0);
    body.bodyInput("go", ElementType.BOOL, 0);
    Value x = body.bodyInput("x", ElementType.FLOAT32, 2);
    Value rows = body.bodyInput("rows", ElementType.FLOAT32, 2);
    Value y = inner.linear(x, w);
    Value more = inner.concat(List.of(rows, y), 0);
    List<Value> ends =
        ops.loop(
            steps,
            graph.bools(new boolean[] {true}),
            List.of(start, grown),
            body,
            new ArrayList<>(List.of(body.bools(new boolean[] {true}), y, more, y)));
    graph.output("rows", ends.get(1), 2);
    graph.output("collected", ends.get(2), 3);
    try (Session session = Session.compile("loop", graph, Device.CPU, 1)) {
      Map<String, NativeTensor> inputs =
          Map.of(
              "start", NativeTensor.ofFloats(new float[] {1, 0}, 1, 2),
              "grown", NativeTensor.allocate(ElementType.FLOAT32, 0, 2),
              "steps", NativeTensor.ofLongs(new long[] {3}));
      Map<String, NativeTensor> results = session.run(inputs, Set.of("rows", "collected"));
      float[] expected = {1.5f, 0.25f, 1.75f, 1.125f, 0.375f, 3.8125f};
      assertThat(results.get("rows").toFloats()).containsExactly(expected);
      assertThat(results.get("rows").shape()).containsExactly(3, 2);
      assertThat(results.get("collected").toFloats()).containsExactly(expected);
      results.values().forEach(NativeTensor::close);
      inputs.values().forEach(NativeTensor::close);
    }
  }

  @Test
  void attentionAcceptsAnEmptyBatch() {
    Graph graph = Graph.named("empty");
    Ops ops = new Ops(graph);
    Value x = graph.input("x", ElementType.FLOAT32, 3);
    graph.output("y", ops.attention(x, x, x, 2), 3);
    try (Session session = Session.compile("empty", graph, Device.CPU, 1)) {
      assertThat(
              run(session, Map.of("x", NativeTensor.allocate(ElementType.FLOAT32, 0, 1, 8)), "y"))
          .isEmpty();
    }
  }

  @Test
  void scatterAcceptsNoIndices() {
    Graph graph = Graph.named("scatter");
    Ops ops = new Ops(graph);
    Value data = graph.input("data", ElementType.FLOAT32, 3);
    Value at = graph.input("at", ElementType.INT64, 2);
    Value rows = graph.input("rows", ElementType.FLOAT32, 2);
    graph.output("y", ops.scatterNd(data, at, rows), 3);
    try (Session session = Session.compile("scatter", graph, Device.CPU, 1)) {
      float[] y =
          run(
              session,
              Map.of(
                  "data", NativeTensor.ofFloats(new float[] {1, 2, 3, 4}, 1, 2, 2),
                  "at", NativeTensor.ofLongs(new long[0], 0, 2),
                  "rows", NativeTensor.allocate(ElementType.FLOAT32, 0, 2)),
              "y");
      assertThat(y).containsExactly(1, 2, 3, 4);
    }
  }

  @Test
  void aFirstRowRotatesTokensAsTheirRowsDo() {
    int batch = 2;
    int tokens = 3;
    int half = 4;
    Graph graph = Graph.named("rotary");
    Ops ops = new Ops(graph);
    Value x = graph.input("x", ElementType.FLOAT32, 3);
    Value cos = graph.input("cos", ElementType.FLOAT32, 2);
    Value sin = graph.input("sin", ElementType.FLOAT32, 2);
    Value rows = graph.longs(new long[] {1, 2, 3, 1, 2, 3}, batch, tokens);
    graph.output("by_row", ops.rotary(x, rows, cos, sin, 2), 3);
    graph.output("from_first", ops.rotary(x, graph.list(1), cos, sin, 2), 3);
    Random random = new Random(3);
    float[] numbers = new float[batch * tokens * 2 * 2 * half];
    float[] angles = new float[4 * half];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = random.nextFloat();
    }
    for (int i = 0; i < angles.length; i++) {
      angles[i] = random.nextFloat();
    }
    try (Session session = Session.compile("rotary", graph, Device.CPU, 1)) {
      List<float[]> rotated = new ArrayList<>();
      for (String output : List.of("by_row", "from_first")) {
        rotated.add(
            run(
                session,
                Map.of(
                    "x", NativeTensor.ofFloats(numbers, batch, tokens, 4 * half),
                    "cos", NativeTensor.ofFloats(angles, 4, half),
                    "sin", NativeTensor.ofFloats(reversed(angles), 4, half)),
                output));
      }
      assertThat(rotated.get(0)).isEqualTo(rotated.get(1)).isNotEqualTo(numbers);
    }
  }

  @Test
  void skipRmsNormNormalizesTheSum() {
    Graph graph = Graph.named("skip");
    Ops ops = new Ops(graph);
    Value x = graph.input("x", ElementType.FLOAT32, 3);
    Value skip = graph.input("skip", ElementType.FLOAT32, 3);
    Value bias = graph.floats(new float[] {0.5f, -1, 2, 0}, 4);
    Value weight = graph.floats(new float[] {1, 2, -1, 0.5f}, 4);
    Ops.SkipNormalized biased = ops.skipRmsNorm(x, skip, Optional.of(bias), weight, 1e-6);
    Ops.SkipNormalized plain = ops.skipRmsNorm(x, skip, Optional.empty(), weight, 1e-6);
    Value biasedSum = ops.add(ops.add(x, bias), skip);
    Value plainSum = ops.add(x, skip);
    graph.output("fused", ops.concat(List.of(biased.normalized(), plain.normalized()), 0), 3);
    graph.output("fused sum", ops.concat(List.of(biased.sum(), plain.sum()), 0), 3);
    graph.output(
        "apart",
        ops.concat(
            List.of(ops.rmsNorm(biasedSum, weight, 1e-6), ops.rmsNorm(plainSum, weight, 1e-6)), 0),
        3);
    graph.output("sum", ops.concat(List.of(biasedSum, plainSum), 0), 3);
    float[] values = new float[24];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i) * 3;
    }
    try (Session session = Session.compile("skip", graph, Device.CPU, 1);
        NativeTensor in = NativeTensor.ofFloats(values, 2, 3, 4);
        NativeTensor other = NativeTensor.ofFloats(reversed(values), 2, 3, 4)) {
      Map<String, NativeTensor> results =
          session.run(Map.of("x", in, "skip", other), Set.of("fused", "fused sum", "apart", "sum"));
      assertThat(results.get("fused").toFloats())
          .containsExactly(results.get("apart").toFloats(), within(1e-6f));
      assertThat(results.get("fused sum").toFloats())
          .containsExactly(results.get("sum").toFloats(), within(1e-6f));
      results.values().forEach(NativeTensor::close);
    }
  }

  @Test
  void argMaxByBlocksIsArgMax() {
    Random random = new Random(3);
    for (int width : new int[] {1, 127, 128, 129, 1_000, 151_936}) {
      Graph graph = Graph.named("arg max");
      Ops ops = new Ops(graph);
      Value x = graph.input("x", ElementType.FLOAT32, 2);
      graph.output("whole", ops.argMax(x, 1), 1);
      graph.output("blocks", ops.argMaxByBlocks(x, width), 1);
      int rows = 12;
      float[] values = new float[rows * width];
      for (int i = 0; i < values.length; i++) {
        values[i] =
            switch (i / width) {
              case 0 -> 0;
              case 1 -> -1e30f;
              case 2 -> Float.NEGATIVE_INFINITY;
              case 3 -> random.nextBoolean() ? 0f : -0f;
              case 4, 5 -> random.nextInt(3);
              case 6, 7 -> -random.nextInt(1, 200);
              default -> (float) random.nextGaussian();
            };
      }
      try (Session session = Session.compile("arg max", graph, Device.CPU, 1);
          NativeTensor input = NativeTensor.ofFloats(values, rows, width)) {
        Map<String, NativeTensor> results =
            session.run(Map.of("x", input), Set.of("whole", "blocks"));
        long[] lowest = new long[rows];
        for (int row = 0; row < rows; row++) {
          for (int i = 1; i < width; i++) {
            if (values[row * width + i] > values[(int) (row * width + lowest[row])]) {
              lowest[row] = i;
            }
          }
        }
        assertThat(results.get("whole").toLongs()).as("width %d", width).isEqualTo(lowest);
        assertThat(results.get("blocks").toLongs()).as("width %d", width).isEqualTo(lowest);
        results.values().forEach(NativeTensor::close);
      }
    }
  }

  @Test
  void cudaDoesNotUseTheAttentionOfCudnn() {
    int kernels = Integer.parseInt(GraphCompiler.CUDA_OPTIONS.get("sdpa_kernel"));
    int cudnn = 8;
    assertThat(kernels).isPositive();
    assertThat(kernels & cudnn).isZero();
  }

  @Test
  void groupedAttentionKeepsSequencesOfABatchApart() {
    // Two sequences, the second one padded: its result must be the same as alone.
    float[] both = new float[2 * 3 * 8];
    for (int i = 0; i < both.length; i++) {
      both[i] = (float) Math.sin(i);
    }
    Arrays.fill(both, 40, 48, Float.NaN);
    float[] shortRow = Arrays.copyOfRange(both, 24, 40);
    try (Session session = Session.compile("grouped", groupedAttention(), Device.CPU, 1)) {
      float[] alone = attend(session, shortRow, 1, 2, new int[] {1});
      float[] together = attend(session, both, 2, 3, new int[] {2, 1});
      assertThat(Arrays.copyOfRange(together, 24, 40)).containsExactly(alone);
    }
  }

  private static Graph groupedAttention() {
    Graph graph = Graph.named("grouped");
    Ops ops = new Ops(graph);
    Value x = graph.input("x", ElementType.FLOAT32, 3);
    Value keys = graph.input("keys", ElementType.FLOAT32, 4);
    Value values = graph.input("values", ElementType.FLOAT32, 4);
    Value last = graph.input("last", ElementType.INT32, 1);
    Value total = graph.input("total", ElementType.INT32, 0);
    graph.output("y", ops.groupedAttention(x, x, x, keys, values, last, total, 1, 1).output(), 3);
    return graph;
  }

  private static float[] attend(Session session, float[] x, int batch, int tokens, int[] last) {
    return run(
        session,
        Map.of(
            "x", NativeTensor.ofFloats(x, batch, tokens, 8),
            "keys", NativeTensor.allocate(ElementType.FLOAT32, batch, 1, 0, 8),
            "values", NativeTensor.allocate(ElementType.FLOAT32, batch, 1, 0, 8),
            "last", NativeTensor.ofInts(last, batch),
            "total", NativeTensor.ofInts(new int[] {tokens})),
        "y");
  }

  @Test
  void roundsResultsOfOperatorsToBfloat16() {
    Graph graph = Graph.named("rounded");
    Ops ops = new Ops(graph);
    Value x = ops.cast(graph.input("x", ElementType.FLOAT32, 1), ElementType.BFLOAT16);
    Value sum = ops.add(x, ops.cast(graph.scalar(1f), ElementType.BFLOAT16));
    graph.output("y", ops.cast(sum, ElementType.FLOAT32), 1);
    // BF16 has seven bits behind the one before the point: halfway cases go to the even neighbor.
    float ulp = 1f / 128;
    try (Session session = Session.compileRounding("rounded", graph, 1)) {
      float[] y =
          run(
              session,
              Map.of(
                  "x", NativeTensor.ofFloats(new float[] {ulp, ulp / 4, ulp / 2, 1.5f * ulp}, 4)),
              "y");
      assertThat(y).containsExactly(1 + ulp, 1, 1, 1 + 2 * ulp);
    }
  }

  @Test
  void namesTheRejectedGraph() {
    Graph graph = Graph.named("broken");
    Ops ops = new Ops(graph);
    Value x = graph.input("x", ElementType.FLOAT32, 2);
    graph.output("y", ops.add(x, new Value("nowhere", ElementType.FLOAT32)), 2);
    assertThatThrownBy(() -> Session.compile("broken", graph, Device.CPU, 1))
        .isInstanceOf(OnnxRuntimeException.class)
        .hasMessageContaining("broken graph")
        .hasMessageContaining("nowhere");
  }

  @Test
  void explainsHowToGetCuda() {
    assertThatThrownBy(CudaSupport::require)
        .isInstanceOf(OnnxRuntimeException.class)
        .hasMessageContaining("build with -Pcuda13");
  }
}
