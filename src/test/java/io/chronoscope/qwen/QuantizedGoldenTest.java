package io.chronoscope.qwen;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.testing.Cosine;
import io.chronoscope.testing.GoldenCase;
import io.chronoscope.vlm.Answer;
import io.chronoscope.vlm.Prompt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// INT8 against the FP32 reference, on the golden cases' frames and prompts. Their checkpoints are
/// random and narrow, so that their best tokens are very close and generated tokens soon differ;
/// the demo checkpoint is trained, and most of its tokens are equal even on these frames, which are
/// unlike all that it was trained on. An answer that differs in one token usually differs in those
/// after it.
class QuantizedGoldenTest {

  private static final List<String> QUESTIONS =
      List.of(
          "Localize a series of activity events in the video.",
          "Does the video show a person?",
          "What happens in the video?");

  @TempDir static Path cache;

  static Iterable<GoldenCase> cases() {
    return GoldenCase.all()::iterator;
  }

  private static Qwen25Vl open(GoldenCase golden) {
    return Qwen25Vl.open(
        golden.checkpoint(),
        EngineSettings.parse("cpu", "int8").withIntraOpThreads(1).withCacheDirectory(cache));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void staysCloseToTheReference(GoldenCase golden) throws IOException {
    try (Qwen25Vl model = open(golden)) {
      Qwen25VlGoldenTest.GoldenPrompt input = Qwen25VlGoldenTest.GoldenPrompt.encode(model, golden);
      double encoder = Cosine.of(input.embeddings(), golden.floats("encoder"));
      Qwen25Vl.TimedAnswer answered = answer(model, golden, input);
      double logits = Cosine.of(answered.decoded().firstLogits(), golden.floats("logits"));
      assertThat(encoder).isGreaterThan(0.999);
      assertThat(logits).isGreaterThan(0.9985);
    }
  }

  static Qwen25Vl.TimedAnswer answer(
      Qwen25Vl model, GoldenCase golden, Qwen25VlGoldenTest.GoldenPrompt input) {
    return model
        .generateTimed(
            List.of(
                new Prompt(
                    Prompt.DEFAULT_SYSTEM, input.parts(), golden.maxNewTokens(), token -> {})))
        .getFirst();
  }

  @Test
  void answersAlikeAloneAndInABatch() throws IOException {
    GoldenCase golden = GoldenCase.named("resized-video");
    try (Qwen25Vl model = open(golden)) {
      Qwen25VlGoldenTest.GoldenPrompt input = Qwen25VlGoldenTest.GoldenPrompt.encode(model, golden);
      Answer alone = answer(model, golden, input).answer();
      Prompt prompt = Prompt.of(input.parts(), golden.maxNewTokens());
      List<Prompt.Part> longer = new ArrayList<>(input.parts());
      longer.add(new Prompt.Part.Text("What happens at the end?"));
      List<Answer> together =
          model.generate(List.of(Prompt.of(longer, golden.maxNewTokens()), prompt));
      assertThat(together.get(1).tokenIds()).isEqualTo(alone.tokenIds());
    }
  }

  /// Prompts use INT8 copies, so that the first logits are those of INT8; the tokens after it come
  /// from 4-bit matrices.
  @Test
  void computesPromptsInInt8AndTokensInFourBits() throws IOException {
    GoldenCase golden = GoldenCase.named("image-and-two-videos");
    try (Qwen25Vl int8 = open(golden);
        Qwen25Vl int4 =
            Qwen25Vl.open(
                golden.checkpoint(),
                EngineSettings.parse("cpu", "int4")
                    .withIntraOpThreads(1)
                    .withCacheDirectory(cache))) {
      Qwen25VlGoldenTest.GoldenPrompt input = Qwen25VlGoldenTest.GoldenPrompt.encode(int8, golden);
      Qwen25Vl.TimedAnswer fine = answer(int8, golden, input);
      Qwen25Vl.TimedAnswer coarse = answer(int4, golden, input);
      assertThat(Cosine.of(coarse.decoded().firstLogits(), fine.decoded().firstLogits()))
          .isGreaterThan(0.99999);
      assertThat(coarse.answer().tokenIds().getFirst())
          .isEqualTo(fine.answer().tokenIds().getFirst());
    }
  }

  @Test
  void generatesMostlyTheTokensOfFp32WithATrainedModel() throws IOException {
    Path demo = Path.of("models/demo");
    int equal = 0;
    int total = 0;
    try (Qwen25Vl fp32 = Qwen25Vl.open(demo, EngineSettings.cpu().withIntraOpThreads(1));
        Qwen25Vl int8 =
            Qwen25Vl.open(
                demo,
                EngineSettings.parse("cpu", "int8")
                    .withIntraOpThreads(1)
                    .withCacheDirectory(cache))) {
      for (GoldenCase golden : cases()) {
        for (String question : QUESTIONS) {
          List<Integer> expected = tokens(fp32, golden, question);
          List<Integer> actual = tokens(int8, golden, question);
          total += expected.size();
          for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
            equal += expected.get(i).equals(actual.get(i)) ? 1 : 0;
          }
        }
      }
    }
    assertThat(equal).isGreaterThanOrEqualTo((int) (0.9 * total));
  }

  private static List<Integer> tokens(Qwen25Vl model, GoldenCase golden, String question)
      throws IOException {
    List<Prompt.Part> parts =
        new ArrayList<>(Qwen25VlGoldenTest.GoldenPrompt.encode(model, golden).parts());
    parts.removeIf(Prompt.Part.Text.class::isInstance);
    parts.add(new Prompt.Part.Text(question));
    return model.generate(List.of(Prompt.of(parts, 64))).getFirst().tokenIds();
  }
}
