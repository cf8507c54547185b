package io.chronoscope.qwen.weights;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.ort.Device;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.Graph;
import io.chronoscope.ort.MappedWeight;
import io.chronoscope.ort.NativeTensor;
import io.chronoscope.ort.Ops;
import io.chronoscope.ort.Session;
import io.chronoscope.ort.Value;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LinearWeightTest {

  private static final int IN = 400;
  private static final int OUT = 40;

  private final Random random = new Random(3);
  private final byte[] matrix = new byte[IN * OUT];
  private final float[] scales = new float[OUT];

  LinearWeightTest() {
    random.nextBytes(matrix);
    for (int i = 0; i < OUT; i++) {
      scales[i] = 0.001f * (1 + i);
    }
  }

  private float[] multiply(LinearWeight.ActivationDigits digits, float[] x) {
    Graph graph = Graph.named("linear");
    Value input = graph.input("x", ElementType.FLOAT32, 2);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment values = arena.allocate(matrix.length, 64);
      MemorySegment.copy(matrix, 0, values, ValueLayout.JAVA_BYTE, 0, matrix.length);
      Value weight =
          graph.weight(
              new MappedWeight("w", ElementType.INT8, List.of((long) IN, (long) OUT), values));
      LinearWeight linear =
          new LinearWeight.Int8(weight, graph.floats(scales, OUT), Optional.empty(), IN, digits);
      graph.output("y", linear.multiply(new Ops(graph), input), 2);
      try (Session session = Session.compile("linear", graph, Device.CPU, 1);
          NativeTensor tokens = NativeTensor.ofFloats(x, x.length / IN, IN);
          NativeTensor result = session.run(Map.of("x", tokens), Set.of("y")).get("y")) {
        return result.toFloats();
      }
    }
  }

  private double[] exact(float[] x) {
    double[] y = new double[x.length / IN * OUT];
    for (int token = 0; token < x.length / IN; token++) {
      for (int out = 0; out < OUT; out++) {
        for (int in = 0; in < IN; in++) {
          y[token * OUT + out] +=
              (double) x[token * IN + in] * matrix[in * OUT + out] * scales[out];
        }
      }
    }
    return y;
  }

  private float[] tokens(int count) {
    float[] x = new float[count * IN];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }

  private static double relativeError(float[] actual, double[] expected, int token) {
    double squares = 0;
    double error = 0;
    for (int i = token * OUT; i < (token + 1) * OUT; i++) {
      squares += expected[i] * expected[i];
      error += (actual[i] - expected[i]) * (actual[i] - expected[i]);
    }
    return Math.sqrt(error / squares);
  }

  @ParameterizedTest
  @CsvSource({"ONE, 0.02", "TWO_FOR_OUTLIERS, 0.02", "TWO, 0.0001"})
  void multipliesWithThePrecisionOfItsDigits(LinearWeight.ActivationDigits digits, double bound) {
    float[] x = tokens(5);
    float[] y = multiply(digits, x);
    for (int token = 0; token < 5; token++) {
      assertThat(relativeError(y, exact(x), token)).isLessThan(bound);
    }
  }

  @Test
  void keepsThePrecisionOfATokenWithAnOutlierAndOfItsNeighbors() {
    float[] x = tokens(3);
    x[IN + 7] = 2000;
    double[] expected = exact(x);
    float[] one = multiply(LinearWeight.ActivationDigits.ONE, x);
    float[] two = multiply(LinearWeight.ActivationDigits.TWO, x);
    assertThat(relativeError(one, expected, 0)).isLessThan(0.02);
    assertThat(relativeError(one, expected, 2)).isLessThan(0.02);
    assertThat(relativeError(two, expected, 1)).isLessThan(2e-4);
    float[] alone = multiply(LinearWeight.ActivationDigits.ONE, Arrays.copyOf(x, IN));
    assertThat(alone).isEqualTo(Arrays.copyOf(one, OUT));
  }

  @Test
  void onlyTokensWithOutliersHaveASecondDigit() {
    float[] x = tokens(4);
    x[IN + 7] = 2000;
    x[3 * IN + 90] = -70;
    float[] one = multiply(LinearWeight.ActivationDigits.ONE, x);
    float[] two = multiply(LinearWeight.ActivationDigits.TWO, x);
    float[] mixed = multiply(LinearWeight.ActivationDigits.TWO_FOR_OUTLIERS, x);
    for (int token = 0; token < 4; token++) {
      assertThat(row(mixed, token)).isEqualTo(row(token % 2 == 0 ? one : two, token));
      float[] alone = multiply(LinearWeight.ActivationDigits.TWO_FOR_OUTLIERS, row(x, token));
      assertThat(alone).isEqualTo(row(mixed, token));
    }
  }

  private static float[] row(float[] rows, int row) {
    int width = rows.length / 4;
    return Arrays.copyOfRange(rows, row * width, (row + 1) * width);
  }

  @ParameterizedTest
  @EnumSource
  void multipliesATokenOfZeros(LinearWeight.ActivationDigits digits) {
    assertThat(multiply(digits, new float[IN])).containsOnly(0f);
  }
}
