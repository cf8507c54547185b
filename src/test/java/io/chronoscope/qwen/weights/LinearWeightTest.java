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

  private static final int OUT = 40;

  private final Layer layer = new Layer(96);

  /// A linear layer with random weights, and tokens for it.
  private static final class Layer {

    private final Random random = new Random(3);
    private final int in;
    private final byte[] matrix;
    private final float[] scales = new float[OUT];

    Layer(int in) {
      this.in = in;
      matrix = new byte[in * OUT];
      random.nextBytes(matrix);
      for (int i = 0; i < OUT; i++) {
        scales[i] = 0.001f * (1 + i);
      }
    }

    float[] multiply(LinearWeight.ActivationDigits digits, float[] x) {
      return multiply(digits, x, x.length / in, in);
    }

    /// @param shape of `x`
    float[] multiply(LinearWeight.ActivationDigits digits, float[] x, long... shape) {
      Graph graph = Graph.named("linear");
      Value input = graph.input("x", ElementType.FLOAT32, shape.length);
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment values = arena.allocate(matrix.length, 64);
        MemorySegment.copy(matrix, 0, values, ValueLayout.JAVA_BYTE, 0, matrix.length);
        Value weight =
            graph.weight(
                new MappedWeight("w", ElementType.INT8, List.of((long) in, (long) OUT), values));
        LinearWeight linear =
            new LinearWeight.Int8(weight, graph.floats(scales, OUT), Optional.empty(), in, digits);
        graph.output("y", linear.multiply(new Ops(graph), input), shape.length);
        try (Session session = Session.compile("linear", graph, Device.CPU, 1);
            NativeTensor tokens = NativeTensor.ofFloats(x, shape);
            NativeTensor result = session.run(Map.of("x", tokens), Set.of("y")).get("y")) {
          return result.toFloats();
        }
      }
    }

    double[] exact(float[] x) {
      double[] y = new double[x.length / in * OUT];
      for (int token = 0; token < x.length / in; token++) {
        for (int out = 0; out < OUT; out++) {
          for (int i = 0; i < in; i++) {
            y[token * OUT + out] +=
                (double) x[token * in + i] * matrix[i * OUT + out] * scales[out];
          }
        }
      }
      return y;
    }

    float[] tokens(int count) {
      float[] x = new float[count * in];
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) random.nextGaussian();
      }
      return x;
    }
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
    float[] x = layer.tokens(5);
    float[] y = layer.multiply(digits, x);
    for (int token = 0; token < 5; token++) {
      assertThat(relativeError(y, layer.exact(x), token)).isLessThan(bound);
    }
  }

  @Test
  void keepsThePrecisionOfATokenWithAnOutlierAndOfItsNeighbors() {
    float[] x = layer.tokens(3);
    x[layer.in + 7] = 2000;
    double[] expected = layer.exact(x);
    float[] one = layer.multiply(LinearWeight.ActivationDigits.ONE, x);
    float[] two = layer.multiply(LinearWeight.ActivationDigits.TWO, x);
    assertThat(relativeError(one, expected, 0)).isLessThan(0.02);
    assertThat(relativeError(one, expected, 2)).isLessThan(0.02);
    assertThat(relativeError(two, expected, 1)).isLessThan(1e-4);
    float[] alone = layer.multiply(LinearWeight.ActivationDigits.ONE, Arrays.copyOf(x, layer.in));
    assertThat(alone).isEqualTo(Arrays.copyOf(one, OUT));
  }

  @Test
  void onlyTokensWithOutliersHaveASecondDigit() {
    Layer wide = new Layer(400);
    float[] x = wide.tokens(4);
    x[wide.in + 7] = 2000;
    x[3 * wide.in + 90] = -70;
    float[] one = wide.multiply(LinearWeight.ActivationDigits.ONE, x);
    float[] two = wide.multiply(LinearWeight.ActivationDigits.TWO, x);
    float[] mixed = wide.multiply(LinearWeight.ActivationDigits.TWO_FOR_OUTLIERS, x);
    for (int token = 0; token < 4; token++) {
      assertThat(row(mixed, token)).isEqualTo(row(token % 2 == 0 ? one : two, token));
      float[] alone = wide.multiply(LinearWeight.ActivationDigits.TWO_FOR_OUTLIERS, row(x, token));
      assertThat(alone).isEqualTo(row(mixed, token));
    }
    float[] inPairs =
        wide.multiply(LinearWeight.ActivationDigits.TWO_FOR_OUTLIERS, x, 2, 2, wide.in);
    assertThat(inPairs).isEqualTo(mixed);
  }

  /// One of four rows.
  private static float[] row(float[] rows, int row) {
    int width = rows.length / 4;
    return Arrays.copyOfRange(rows, row * width, (row + 1) * width);
  }

  @ParameterizedTest
  @EnumSource
  void multipliesATokenOfZeros(LinearWeight.ActivationDigits digits) {
    assertThat(layer.multiply(digits, new float[layer.in])).containsOnly(0f);
  }
}
