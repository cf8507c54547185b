package io.chronoscope.ort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NothingLeaks.class)
class BindingTest {

  private static final int HEADS = 2;
  private static final int HEAD_DIM = 8;

  /// `y = x + step`.
  private static Session counter() {
    Graph graph = Graph.named("counter");
    Value x = graph.input("x", ElementType.FLOAT32, 1);
    Value step = graph.input("step", ElementType.FLOAT32, 1);
    graph.output("y", new Ops(graph).add(x, step), 1);
    return Session.compile("counter", graph, Device.CPU, 1);
  }

  @Test
  void outputsAreWrittenWhereInputsAreRead() {
    try (Session session = counter();
        NativeTensor x = session.allocate(Memory.DEVICE, ElementType.FLOAT32, 2);
        NativeTensor step = session.allocate(Memory.PINNED, ElementType.FLOAT32, 2);
        Binding binding = session.bind()) {
      binding.input("x", x).input("step", step).output("y", x);
      step.memory().setAtIndex(ValueLayout.JAVA_FLOAT, 0, 1);
      step.memory().setAtIndex(ValueLayout.JAVA_FLOAT, 1, 10);
      binding.run();
      binding.run();
      assertThat(x.toFloats()).containsExactly(2, 20);

      step.memory().setAtIndex(ValueLayout.JAVA_FLOAT, 1, 100);
      binding.run();
      assertThat(x.toFloats()).containsExactly(3, 120);
    }
  }

  @Test
  void runsAllocateOutputsAnew() {
    try (Session session = counter();
        NativeTensor one = NativeTensor.ofFloats(new float[] {1}, 1);
        NativeTensor three = NativeTensor.ofFloats(new float[] {1, 2, 3}, 3);
        Binding binding = session.bind()) {
      binding.input("x", one).input("step", one).output("y", Memory.HOST);
      binding.run();
      try (NativeTensor first = binding.take("y")) {
        binding.input("x", three).output("y", Memory.HOST);
        binding.run();
        try (NativeTensor second = binding.take("y")) {
          assertThat(first.toFloats()).containsExactly(2);
          assertThat(second.toFloats()).containsExactly(2, 3, 4);
          assertThat(second.shape()).containsExactly(3);
        }
      }
      assertThatThrownBy(() -> binding.take("x")).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void errorsNameTheGraph() {
    try (Session session = counter();
        NativeTensor x = NativeTensor.ofFloats(new float[] {1, 2}, 2);
        NativeTensor step = NativeTensor.ofFloats(new float[] {1, 2, 3}, 3);
        Binding binding = session.bind()) {
      binding.input("x", x).output("y", Memory.HOST);
      assertThatThrownBy(binding::run)
          .isInstanceOf(OnnxRuntimeException.class)
          .hasMessageContaining("the counter graph")
          .hasMessageContaining("step");
      binding.input("step", step);
      assertThatThrownBy(binding::run).isInstanceOf(OnnxRuntimeException.class);
    }
  }

  @Test
  void viewsShareMemory() {
    try (NativeTensor tensor = NativeTensor.ofFloats(new float[] {1, 2, 3, 4, 5, 6}, 3, 2);
        NativeTensor rows = tensor.view(2, 2)) {
      rows.memory().setAtIndex(ValueLayout.JAVA_FLOAT, 3, 40);
      assertThat(tensor.toFloats()).containsExactly(1, 2, 3, 40, 5, 6);
      assertThatThrownBy(() -> tensor.view(4, 2))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("[4, 2]");
    }
  }

  @Test
  void copiesRanges() {
    try (NativeTensor from = NativeTensor.ofLongs(new long[] {1, 2, 3}, 3);
        NativeTensor to = NativeTensor.allocate(ElementType.INT64, 4)) {
      to.copyFrom(from, 8, 16, 16);
      assertThat(to.toLongs()).containsExactly(0, 0, 2, 3);
      assertThatThrownBy(() -> to.copyFrom(from, 8, 0, 24))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> to.copyFrom(from)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static Session attention() {
    Graph graph = Graph.named("attention");
    Ops ops = new Ops(graph);
    Value x = graph.input("x", ElementType.FLOAT32, 3);
    Value keys = graph.input("keys", ElementType.FLOAT32, 4);
    Value values = graph.input("values", ElementType.FLOAT32, 4);
    Value last = graph.input("last", ElementType.INT32, 1);
    Value total = graph.input("total", ElementType.INT32, 1);
    Ops.Attended attended = ops.groupedAttention(x, x, x, keys, values, last, total, HEADS, HEADS);
    graph.output("y", attended.output(), 3);
    graph.output("next_keys", attended.keys(), 4);
    graph.output("next_values", attended.values(), 4);
    return Session.compile("attention", graph, Device.CPU, 1);
  }

  @Test
  void aCacheInPlaceGivesTheAnswersOfOneThatGrows() {
    long seed = 20261126;
    Random random = new Random(seed);
    int steps = 5;
    int capacity = 8;
    float[][] tokens = new float[steps][HEADS * HEAD_DIM];
    for (float[] token : tokens) {
      for (int i = 0; i < token.length; i++) {
        token[i] = (float) random.nextGaussian();
      }
    }
    try (Session session = attention();
        NativeTensor keys =
            session.allocate(Memory.DEVICE, ElementType.FLOAT32, 1, HEADS, capacity, HEAD_DIM);
        NativeTensor values =
            session.allocate(Memory.DEVICE, ElementType.FLOAT32, 1, HEADS, capacity, HEAD_DIM);
        NativeTensor x = NativeTensor.allocate(ElementType.FLOAT32, 1, 1, HEADS * HEAD_DIM);
        NativeTensor y = NativeTensor.allocate(ElementType.FLOAT32, 1, 1, HEADS * HEAD_DIM);
        NativeTensor last = NativeTensor.allocate(ElementType.INT32, 1);
        NativeTensor total = NativeTensor.allocate(ElementType.INT32, 1);
        Binding binding = session.bind()) {
      binding.input("x", x).input("keys", keys).input("values", values);
      binding.input("last", last).input("total", total);
      binding.output("y", y).output("next_keys", keys).output("next_values", values);
      NativeTensor grownKeys = NativeTensor.allocate(ElementType.FLOAT32, 1, HEADS, 0, HEAD_DIM);
      NativeTensor grownValues = NativeTensor.allocate(ElementType.FLOAT32, 1, HEADS, 0, HEAD_DIM);
      for (int step = 0; step < steps; step++) {
        x.memory().copyFrom(java.lang.foreign.MemorySegment.ofArray(tokens[step]));
        last.memory().set(ValueLayout.JAVA_INT, 0, step);
        total.memory().set(ValueLayout.JAVA_INT, 0, step + 1);
        binding.run();
        Map<String, NativeTensor> grown =
            session.run(
                Map.of(
                    "x", x, "keys", grownKeys, "values", grownValues, "last", last, "total", total),
                Set.of("y", "next_keys", "next_values"));
        grownKeys.close();
        grownValues.close();
        grownKeys = grown.get("next_keys");
        grownValues = grown.get("next_values");
        float[] expected = grown.get("y").toFloats();
        grown.get("y").close();
        float[] found = y.toFloats();
        for (int i = 0; i < found.length; i++) {
          assertThat(found[i])
              .as("step %d, seed %d", step, seed)
              .isCloseTo(expected[i], within(1e-6f));
        }
      }
      grownKeys.close();
      grownValues.close();
    }
  }

  @Test
  void onTheCpuRepeatedRunsAreOrdinaryOnes() {
    Graph graph = Graph.named("captured");
    Value x = graph.input("x", ElementType.FLOAT32, 1);
    graph.output("y", new Ops(graph).add(x, graph.scalar(1f)), 1);
    try (Session session = Session.compileForCapture("captured", graph, Device.CPU, 1);
        NativeTensor x1 = session.allocate(Memory.DEVICE, ElementType.FLOAT32, 1);
        Binding binding = session.bind()) {
      binding.input("x", x1).output("y", x1);
      CapturedRun run = session.captured(binding, List.of(x1));
      run.run();
      run.run();
      assertThat(x1.toFloats()).containsExactly(2);
    }
  }
}
