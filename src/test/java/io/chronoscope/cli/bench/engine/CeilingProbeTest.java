package io.chronoscope.cli.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chronoscope.ort.Device;
import io.chronoscope.ort.NativeTensor;
import io.chronoscope.qwen.Precision;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CeilingProbeTest {

  private static final CeilingProbe.Sizes SIZES = new CeilingProbe.Sizes(64, 2, 4096, 3);

  @ParameterizedTest
  @CsvSource({"FP32, 2", "INT8, 12", "INT4, 12"})
  void countsProductsAndBytes(Precision precision, int products) {
    Stopwatch stopwatch = Stopwatch.ofProcess();
    long open = NativeTensor.live();
    try (CeilingProbe product = CeilingProbe.product(Device.CPU, precision, SIZES, stopwatch);
        CeilingProbe copy = CeilingProbe.copy(Device.CPU, SIZES, stopwatch)) {
      product.warmUp();
      copy.warmUp();

      assertThat(product.run().items())
          .isEqualTo(products * 2 * 64.0 * 64 * 64 / 1e9, within(1e-15));
      assertThat(copy.run().items()).isEqualTo(3 * 2 * 4 * 4096.0 / 1e9, within(1e-15));
      assertThat(product.run().cost().seconds()).isPositive();
    }
    assertThat(NativeTensor.live()).isEqualTo(open);
  }
}
