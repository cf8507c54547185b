package io.chronoscope.qwen;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.domain.Picture;
import io.chronoscope.testing.Cosine;
import io.chronoscope.testing.GoldenCase;
import io.chronoscope.vlm.Answer;
import io.chronoscope.vlm.EncodedPair;
import io.chronoscope.vlm.FramePair;
import io.chronoscope.vlm.Prompt;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// INT8 against the FP32 reference, on the golden cases' frames and prompts. Their checkpoints are
/// random and narrow, so that their best tokens are very close and generated tokens soon differ;
/// the demo checkpoint is trained, and nearly all of its tokens about pictures of its world are
/// equal. An answer that differs in one token usually differs in those after it.
class QuantizedGoldenTest {

  static final List<String> QUESTIONS =
      List.of(
          "Localize a series of activity events in the video, output the start and end timestamp for"
              + " each event, and describe each event with sentences. Provide the result in json"
              + " format with 'mm:ss.ff' format for time depiction.",
          "Does the following happen in the video: 'a red square appears'? Answer yes or no.",
          "Could you go into detail about the content of this long video?");

  private static final int[] RED = {215, 45, 45};
  private static final int[] BLUE = {50, 80, 215};

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
  void generatesTheTokensOfFp32WithATrainedModel() throws IOException {
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
      for (int scene = 0; scene < 8; scene++) {
        for (String question : QUESTIONS) {
          List<Integer> expected = tokens(fp32, scene, question);
          List<Integer> actual = tokens(int8, scene, question);
          total += expected.size();
          equal += equal(expected, actual);
        }
      }
    }
    assertThat(total).isGreaterThan(300);
    assertThat(equal).isGreaterThanOrEqualTo((int) (0.95 * total));
  }

  /// Tokens that are equal by position.
  static int equal(List<Integer> expected, List<Integer> actual) {
    int equal = 0;
    for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
      equal += expected.get(i).equals(actual.get(i)) ? 1 : 0;
    }
    return equal;
  }

  /// What the model says about six seconds at two frames a second, in which a square and, in every
  /// other scene, a second one that moves appear and vanish.
  static List<Integer> tokens(Qwen25Vl model, int scene, String question) {
    List<Picture> frames = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      Picture frame = Picture.allocate(112, 84);
      fill(frame, 0, 0, 112, 84, new int[] {90, 90, 95});
      if (i > scene / 2 && i < 7 + scene / 2) {
        fill(frame, 10 + 3 * scene, 12 + 2 * scene, 28, 28, scene % 2 == 0 ? RED : BLUE);
      }
      if (scene % 2 == 1 && i >= 4 && i < 10) {
        fill(frame, 5 * i, 48, 26, 26, RED);
      }
      frames.add(frame);
    }
    List<FramePair> pairs = new ArrayList<>();
    for (int i = 0; i < frames.size(); i += 2) {
      pairs.add(new FramePair(frames.get(i), frames.get(i + 1)));
    }
    List<EncodedPair> encoded = model.encode(pairs);
    frames.forEach(Picture::close);
    List<Prompt.Part> parts =
        List.of(
            new Prompt.Part.Video(encoded, List.of(0.0, 1.0, 2.0, 3.0, 4.0, 5.0)),
            new Prompt.Part.Text(question));
    return model.generate(List.of(Prompt.of(parts, 96))).getFirst().tokenIds();
  }

  private static void fill(Picture frame, int left, int top, int width, int height, int[] color) {
    for (int y = top; y < Math.min(top + height, frame.heightPx()); y++) {
      for (int x = left; x < Math.min(left + width, frame.widthPx()); x++) {
        for (int channel = 0; channel < 3; channel++) {
          frame
              .rgb()
              .set(
                  ValueLayout.JAVA_BYTE,
                  3L * (y * frame.widthPx() + x) + channel,
                  (byte) color[channel]);
        }
      }
    }
  }
}
