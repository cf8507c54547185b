package io.chronoscope.qwen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.checkpoint.Checkpoint;
import io.chronoscope.qwen.Machine.IntegerProducts;
import io.chronoscope.testing.GoldenCase;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class PrecisionChoiceTest {

  private static Machine machine(long availableBytes) {
    return new Machine(OptionalLong.of(availableBytes), IntegerProducts.EXACT);
  }

  @Test
  void choosesFp32ForASmallModelAndFourBitsWherePublished() {
    try (Checkpoint small = Checkpoint.open(GoldenCase.named("published-tied").checkpoint());
        Checkpoint packed =
            Checkpoint.open(GoldenCase.packed().findFirst().orElseThrow().checkpoint())) {
      assertThat(PrecisionChoice.of(small, machine(1L << 40)).precision())
          .isEqualTo(Precision.FP32);
      assertThat(PrecisionChoice.of(packed, machine(1L << 40)).precision())
          .isEqualTo(Precision.INT4);
    }
  }

  @Test
  void saysHowMuchMemoryIsMissingBeforeTheModelOpens() {
    try (Checkpoint checkpoint = Checkpoint.open(GoldenCase.named("published-tied").checkpoint())) {
      assertThatThrownBy(
              () -> PrecisionChoice.requireMemory(Precision.FP32, checkpoint, machine(100 << 20)))
          .isInstanceOf(InsufficientMemoryException.class)
          .hasMessageContaining("needs about 0.2 GB of memory in fp32")
          .hasMessageContaining("0.1 GB are available, 0.1 GB less")
          .hasMessageContaining("no other precision fits either");
      assertThatCode(
              () -> PrecisionChoice.requireMemory(Precision.FP32, checkpoint, machine(2L << 30)))
          .doesNotThrowAnyException();
    }
  }

  @Test
  void namesWhatFits() {
    try (Checkpoint checkpoint = Checkpoint.open(GoldenCase.named("published-tied").checkpoint())) {
      long need = MemoryNeed.bytes(Precision.INT8, checkpoint);
      assertThatThrownBy(
              () -> PrecisionChoice.requireMemory(Precision.FP32, checkpoint, machine(need)))
          .hasMessageContaining("these fit: int8");
    }
  }
}
