package io.chronoscope.qwen;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.testing.Cosine;
import io.chronoscope.testing.GoldenCase;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Checkpoints with 4-bit matrices in the published layouts, against the reference with the numbers
/// that they stand for.
class PackedGoldenTest {

  @TempDir static Path cache;

  static Iterable<GoldenCase> cases() {
    return GoldenCase.packed()::iterator;
  }

  private static Qwen25Vl open(GoldenCase golden, String precision) {
    return Qwen25Vl.open(
        golden.checkpoint(),
        EngineSettings.parse("cpu", precision).withIntraOpThreads(1).withCacheDirectory(cache));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void answersAsTheReferenceDoesInFp32(GoldenCase golden) throws IOException {
    try (Qwen25Vl model = open(golden, "fp32")) {
      Qwen25Vl.TimedAnswer answered = answer(model, golden);
      assertThat(answered.answer().promptTokenIds()).isEqualTo(golden.ints("promptTokenIds"));
      Qwen25VlGoldenTest.assertClose(
          answered.decoded().firstLogits(), golden.floats("logits"), 1e-3f);
      assertThat(answered.answer().tokenIds()).isEqualTo(golden.ints("tokenIds"));
      assertThat(answered.answer().text()).isEqualTo(golden.get("text").asText());
    }
  }

  /// The levels are the published ones; activations are rounded to 8 bits.
  @ParameterizedTest
  @MethodSource("cases")
  void staysCloseToTheReferenceInInt4(GoldenCase golden) throws IOException {
    try (Qwen25Vl model = open(golden, "int4")) {
      assertThat(Cosine.of(answer(model, golden).decoded().firstLogits(), golden.floats("logits")))
          .isGreaterThan(0.998);
    }
  }

  /// The numbers that the levels stand for are rounded again, to 8 bits.
  @ParameterizedTest
  @MethodSource("cases")
  void staysCloseToTheReferenceInInt8(GoldenCase golden) throws IOException {
    try (Qwen25Vl model = open(golden, "int8")) {
      assertThat(Cosine.of(answer(model, golden).decoded().firstLogits(), golden.floats("logits")))
          .isGreaterThan(0.995);
    }
  }

  private static Qwen25Vl.TimedAnswer answer(Qwen25Vl model, GoldenCase golden) throws IOException {
    return QuantizedGoldenTest.answer(
        model, golden, Qwen25VlGoldenTest.GoldenPrompt.encode(model, golden));
  }
}
