package io.chronoscope.ort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A graph in three parts: `sum = x + step`, `product = sum · step`, `y = sum + product + step`.
@ExtendWith(NothingLeaks.class)
class GraphPartsTest {

  private static List<Graph> parts() {
    Graph sum = Graph.named("sum");
    sum.output("sum", new Ops(sum).add(vector(sum, "x"), vector(sum, "step")), 1);
    Graph product = Graph.named("product");
    product.output(
        "product", new Ops(product).mul(vector(product, "sum"), vector(product, "step")), 1);
    Graph total = Graph.named("total");
    Ops ops = new Ops(total);
    Value both = ops.add(vector(total, "sum"), vector(total, "product"));
    total.output("y", ops.add(both, vector(total, "step")), 1);
    return List.of(sum, product, total);
  }

  private static Value vector(Graph graph, String name) {
    return graph.input(name, ElementType.FLOAT32, 1);
  }

  private static Session session() {
    return Session.compileParts("parts", parts(), 1);
  }

  @Test
  void whatAPartComputesIsPassedToAllThatHaveItAsAnInput() {
    try (Session session = session();
        NativeTensor x = NativeTensor.ofFloats(new float[] {1, 2}, 2);
        NativeTensor step = NativeTensor.ofFloats(new float[] {10, 100}, 2)) {
      Map<String, NativeTensor> inputs = Map.of("x", x, "step", step);
      Map<String, NativeTensor> outputs = session.run(inputs, Set.of("y"));
      try (NativeTensor y = outputs.get("y")) {
        assertThat(outputs).hasSize(1);
        assertThat(y.toFloats()).containsExactly(11 + 110 + 10, 102 + 10_200 + 100);
      }
      Map<String, NativeTensor> both = session.run(inputs, Set.of("y", "sum"));
      try (NativeTensor y = both.get("y");
          NativeTensor sum = both.get("sum")) {
        assertThat(sum.toFloats()).containsExactly(11, 102);
        assertThat(y.toFloats()).containsExactly(131, 10_402);
      }
    }
  }

  @Test
  void boundTensorsServeAllPartsAndLengthsMayChange() {
    try (Session session = session();
        NativeTensor step = NativeTensor.ofFloats(new float[] {10}, 1);
        NativeTensor more = NativeTensor.ofFloats(new float[] {10, 20, 30}, 3);
        NativeTensor y = session.allocate(Memory.HOST, ElementType.FLOAT32, 1);
        Binding binding = session.bind()) {
      binding.input("x", step).input("step", step).output("y", y);
      binding.run();
      assertThat(y.toFloats()).containsExactly(20 + 200 + 10);

      binding.input("x", more).input("step", more).output("y", Memory.HOST);
      binding.run();
      try (NativeTensor longer = binding.take("y")) {
        assertThat(longer.toFloats()).containsExactly(230, 860, 1890);
      }
    }
  }

  @Test
  void namesThatNoPartHasAreRefused() {
    try (Session session = session();
        NativeTensor x = NativeTensor.ofFloats(new float[] {1}, 1);
        Binding binding = session.bind()) {
      assertThatThrownBy(() -> binding.input("z", x))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("input z");
      assertThatThrownBy(() -> binding.output("z", x))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("output z");
    }
  }

  @Test
  void aFailedRunNamesTheGraphAndKeepsNothing() {
    try (Session session = session();
        NativeTensor two = NativeTensor.ofFloats(new float[] {1, 2}, 2);
        NativeTensor three = NativeTensor.ofFloats(new float[] {1, 2, 3}, 3)) {
      assertThatThrownBy(() -> session.run(Map.of("x", two, "step", three), Set.of("y")))
          .isInstanceOf(OnnxRuntimeException.class)
          .hasMessageContaining("parts");
    }
  }

  @Test
  void aPartThatIsRejectedClosesTheOthers() {
    Graph wrong = Graph.named("wrong");
    wrong.output(
        "y", wrong.node("Add", ElementType.FLOAT32, List.of(vector(wrong, "x")), Map.of()), 1);
    assertThatThrownBy(() -> Session.compileParts("parts", List.of(parts().getFirst(), wrong), 1))
        .isInstanceOf(OnnxRuntimeException.class)
        .hasMessageContaining("rejects the parts graph");
  }
}
