package io.chronoscope.cli.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chronoscope.cli.bench.checkpoint.ModelShape;
import io.chronoscope.cli.bench.checkpoint.RandomCheckpoint;
import io.chronoscope.domain.FrameSize;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ModelWorkTest {

  private static final Ceilings CEILINGS = new Ceilings(1e12, 1e11);

  private static ModelWork of(ModelShape shape) {
    return new ModelWork(shape.vision(), shape.text(), 2);
  }

  /// Norms and biases are not counted.
  @ParameterizedTest
  @EnumSource(names = {"QWEN_3B", "QWEN_7B", "MINI"})
  void readsEveryWeightOnce(ModelShape shape) {
    long stored = new RandomCheckpoint(shape, 1, Path.of("models/demo")).weightBytes();
    // An embedding of its own is stored beside the output projection, and only looked up.
    long embedding =
        shape.text().tiedEmbeddings()
            ? 0
            : 2L * shape.text().vocabSize() * shape.text().hiddenSize();

    double read =
        of(shape).encoder(new FrameSize(448, 448), 1).bytes() + of(shape).decodeStep(0, 1).bytes();

    assertThat(read).isCloseTo(stored - embedding, Percentage.withPercentage(0.1));
  }

  /// 2 FLOP a weight and patch in 3B's encoder: 1,024 patches of 0.63 billion weights, and
  /// attention.
  @Test
  void countsTheEncodersArithmetic() {
    ModelWork work = of(ModelShape.QWEN_3B);
    Work pair = work.encoder(new FrameSize(448, 448), 1);

    assertThat(pair.flops()).isBetween(1.3e12, 1.6e12);
    assertThat(work.encoder(new FrameSize(448, 448), 8).flops())
        .isCloseTo(8 * pair.flops(), Percentage.withPercentage(1e-6));
    assertThat(work.encoder(new FrameSize(448, 448), 8).bytes()).isEqualTo(pair.bytes());
    // Only blocks with full attention cost more than the patches' share.
    assertThat(work.encoder(new FrameSize(896, 448), 1).flops() / pair.flops()).isBetween(2.0, 2.1);
  }

  @Test
  void countsPrefillAndDecodeSteps() {
    ModelWork work = of(ModelShape.QWEN_3B);
    double weights = work.decodeStep(0, 1).bytes() / 2;

    assertThat(work.decodeStep(0, 1).flops()).isCloseTo(2 * weights, within(1.0));
    assertThat(work.decodeStep(0, 4).bytes()).isEqualTo(work.decodeStep(0, 1).bytes());
    // 36 layers, 2 heads of 128, keys and values, two bytes.
    assertThat(work.decodeStep(1000, 1).bytes() - work.decodeStep(0, 1).bytes())
        .isEqualTo(36.0 * 2 * 128 * 2 * 2 * 1000);
    assertThat(work.prefill(1000, 1).flops()).isBetween(5e12, 6e12);
  }

  @Test
  void limitsWorkByArithmeticOrMemory() {
    Work heavy = new Work(2e12, 1);
    Work wide = new Work(1, 3e11);

    assertThat(CEILINGS.seconds(List.of(heavy, wide))).isEqualTo(5);
    assertThat(CEILINGS.share(List.of(heavy, wide), 10)).hasValue(0.5);
    assertThat(CEILINGS.share(List.of(), 10)).isEmpty();
    assertThat(CEILINGS.share(List.of(heavy), 0)).isEmpty();
  }
}
