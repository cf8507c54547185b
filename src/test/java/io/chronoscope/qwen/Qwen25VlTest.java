package io.chronoscope.qwen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Picture;
import io.chronoscope.ort.Device;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.NativeTensor;
import io.chronoscope.ort.OnnxRuntimeException;
import io.chronoscope.qwen.encoder.EmptyWindows;
import io.chronoscope.qwen.encoder.VisionEncoder;
import io.chronoscope.qwen.weights.ModelWeights;
import io.chronoscope.testing.Embeddings;
import io.chronoscope.testing.GoldenCase;
import io.chronoscope.vlm.Answer;
import io.chronoscope.vlm.Decoding;
import io.chronoscope.vlm.EncodedPair;
import io.chronoscope.vlm.FramePair;
import io.chronoscope.vlm.Prompt;
import io.chronoscope.vlm.YesNoTokens;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class Qwen25VlTest {

  private static final GoldenCase GOLDEN = GoldenCase.named("resized-video");
  private static final EngineSettings SETTINGS = EngineSettings.cpu().withIntraOpThreads(1);

  /// Width and height: every combination of whole and cut windows, and frames smaller than a
  /// window.
  private static final int[][] SIZES = {
    {112, 112}, {224, 112}, {140, 112}, {112, 140}, {140, 196}, {28, 28}, {84, 56}
  };

  private static Qwen25Vl model;

  @BeforeAll
  static void open() {
    model = Qwen25Vl.open(GOLDEN.checkpoint(), SETTINGS);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static FramePair noise(long seed, int widthPx, int heightPx) {
    Random random = new Random(seed);
    Picture[] frames = {Picture.allocate(widthPx, heightPx), Picture.allocate(widthPx, heightPx)};
    for (Picture frame : frames) {
      for (long i = 0; i < frame.sizeBytes(); i++) {
        frame.rgb().set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
      }
    }
    return new FramePair(frames[0], frames[1]);
  }

  @Test
  void encodesAPairAlikeAloneAndInABatch() {
    for (int[] size : SIZES) {
      List<FramePair> pairs = new ArrayList<>();
      for (int seed = 0; seed < 11; seed++) {
        pairs.add(noise(seed, size[0], size[1]));
      }
      List<EncodedPair> together = model.encode(pairs);
      assertThat(together).hasSize(pairs.size());
      for (int i = 0; i < pairs.size(); i++) {
        EncodedPair alone = model.encode(List.of(pairs.get(i))).getFirst();
        assertThat(alone.rows()).isEqualTo(size[1] / 28);
        assertThat(alone.columns()).isEqualTo(size[0] / 28);
        Qwen25VlGoldenTest.assertClose(Embeddings.of(together.get(i)), Embeddings.of(alone), 1e-5f);
      }
      pairs.forEach(pair -> {
        pair.first().close();
        pair.second().close();
      });
    }
  }

  @Test
  void encodesAlikeWhenEmptyWindowsAreSkipped() {
    var checkpoint = model.checkpoint();
    try (VisionEncoder skipping =
        VisionEncoder.compile(
            checkpoint.vision(),
            checkpoint.preprocessor(),
            ModelWeights.asStored(checkpoint.weights()),
            ElementType.FLOAT32,
            Device.CPU,
            1,
            EmptyWindows.SKIP)) {
      for (int[] size : SIZES) {
        List<FramePair> pairs = List.of(noise(3, size[0], size[1]), noise(4, size[0], size[1]));
        List<EncodedPair> expected = model.encode(pairs);
        List<EncodedPair> encoded = skipping.encode(pairs);
        for (int i = 0; i < pairs.size(); i++) {
          Qwen25VlGoldenTest.assertClose(
              Embeddings.of(encoded.get(i)), Embeddings.of(expected.get(i)), 1e-6f);
        }
        pairs.forEach(Qwen25VlTest::close);
      }
    }
  }

  @Test
  void leavesOutUnchangedTokensAndSharesWhatIsLeft() {
    FramePair still = noise(3, 112, 112);
    FramePair other = noise(4, 112, 112);
    EngineSettings pruning = SETTINGS.withPruneSimilarity(Optional.of(0.9999));
    try (Qwen25Vl pruned = Qwen25Vl.open(GOLDEN.checkpoint(), pruning)) {
      List<EncodedPair> pairs = pruned.encode(List.of(still, other, other));
      List<Double> seconds = List.of(0.0, 1.0, 2.0);
      Prompt early = about(pairs.subList(0, 2), seconds.subList(0, 2));
      Prompt whole = about(pairs, seconds);

      int all = model.generate(List.of(whole)).getFirst().promptTokenIds().size();
      pruned.generate(List.of(early));
      Answer answer = pruned.generate(List.of(whole)).getFirst();

      assertThat(answer.promptTokenIds()).hasSize(all - pairs.getFirst().tokens());
      assertThat(answer.reusedTokens()).isGreaterThanOrEqualTo(2 * pairs.getFirst().tokens());
    } finally {
      close(still);
      close(other);
    }
  }

  private static Prompt about(List<EncodedPair> pairs, List<Double> seconds) {
    return Prompt.about(new Prompt.Part.Video(pairs, seconds), "What happens?", 4);
  }

  private static void close(FramePair pair) {
    pair.first().close();
    pair.second().close();
  }

  @Test
  void acceptsAnEmptyBatch() {
    assertThat(model.encode(List.of())).isEmpty();
    assertThat(model.generate(List.of())).isEmpty();
  }

  @Test
  void rejectsABatchOfMixedSizes() {
    assertThatThrownBy(() -> model.encode(List.of(noise(1, 56, 56), noise(2, 84, 56))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("mixes");
  }

  @Test
  void rejectsFramesWhoseSidesAreNotMultiplesOfAToken() {
    assertThatThrownBy(() -> model.encode(List.of(noise(1, 57, 56))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("57x56");
  }

  @Test
  void keepsFrameSizesWithinTheCheckpointsBounds() {
    var limits = model.checkpoint().preprocessor().videoFrame();
    FrameSize most = model.frameSize(new FrameSize(1920, 1080), Long.MAX_VALUE);
    assertThat(most.pixels()).isLessThanOrEqualTo(limits.maxPixels());
    FrameSize least = model.frameSize(new FrameSize(1920, 1080), 1);
    assertThat(least.pixels()).isLessThanOrEqualTo(most.pixels());
    assertThat(least.widthPx() % 28).isZero();
    assertThat(model.tokensPerPair(most)).isEqualTo(most.widthPx() / 28 * (most.heightPx() / 28));
  }

  @Test
  void reportsWhatCanBeComparedWithTheReference() {
    var content = GOLDEN.get("content").get(0);
    VideoQuestion.Report report =
        new VideoQuestion(model)
            .askVideo(
                GOLDEN.frames(content),
                content.get("fps").asDouble(),
                GOLDEN.get("content").get(1).get("text").asText(),
                GOLDEN.maxNewTokens(),
                token -> {});
    assertThat(report.answer().tokenIds()).isEqualTo(GOLDEN.ints("tokenIds"));
    assertThat(report.grid().toList()).containsExactly(2, 6, 8);
    assertThat(report.secondsPerGrid()).isEqualTo(GOLDEN.get("secondsPerGrid").get(0).asDouble());
    for (int i = 0; i < 8; i++) {
      assertThat((double) report.embeddingRow0().get(i))
          .isCloseTo(
              GOLDEN.get("embeddingRow0").get(i).asDouble(),
              org.assertj.core.api.Assertions.within(1e-4));
      assertThat((double) report.embeddingRowLast().get(i))
          .isCloseTo(
              GOLDEN.get("embeddingRowLast").get(i).asDouble(),
              org.assertj.core.api.Assertions.within(1e-4));
    }
    assertThat(report.timings().totalMs()).isPositive();
  }

  @Test
  void hasDistinctYesAndNoTokens() {
    YesNoTokens tokens = model.yesNoTokens();
    assertThat(tokens.yes()).isNotEmpty();
    assertThat(tokens.no()).isNotEmpty().doesNotContainAnyElementsOf(tokens.yes());
  }

  @Test
  void answersManyThreadsAlikeAndClosesAllTensors() throws Exception {
    FramePair pair = noise(7, 84, 56);
    List<EncodedPair> encoded = model.encode(List.of(pair));
    Prompt prompt =
        Prompt.of(
            List.of(
                new Prompt.Part.Video(encoded, List.of(0.0)), new Prompt.Part.Text("What is it?")),
            20);
    Answer expected = model.generate(List.of(prompt)).getFirst();
    long before = NativeTensor.live();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<Answer>> answers = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        answers.add(
            threads.submit(() -> {
              model.encode(List.of(pair));
              return model.generate(List.of(prompt)).getFirst();
            }));
      }
      for (Future<Answer> answer : answers) {
        assertThat(answer.get().tokenIds()).isEqualTo(expected.tokenIds());
      }
    }
    assertThat(NativeTensor.live()).isEqualTo(before);
  }

  @Test
  void answersStepByStepAsInWholeBatchesAndReadsTheVideoOnce() {
    FramePair first = noise(11, 84, 56);
    FramePair second = noise(12, 84, 56);
    List<EncodedPair> encoded = model.encode(List.of(first, second));
    Prompt.Part.Video whole = new Prompt.Part.Video(encoded, List.of(0.0, 1.0));
    Prompt.Part.Video start = new Prompt.Part.Video(encoded.subList(0, 1), List.of(0.0));
    List<Prompt> prompts =
        List.of(
            Prompt.about(start, "What happens?", 12),
            Prompt.about(whole, "What happens?", 12),
            Prompt.about(whole, "Does the lamp light up? Answer yes or no.", 1),
            Prompt.about(whole, "When does the lamp light up?", 12));
    try (Decoding decoding = model.decoding().orElseThrow()) {
      int reusedBefore = 0;
      for (Prompt prompt : prompts) {
        Decoding.InProgress progress = decoding.start(prompt);
        while (!progress.isPrefilled()) {
          decoding.prefill(progress);
        }
        while (!progress.hasEnded()) {
          decoding.decode();
        }
        Answer answer = progress.answer();
        // Without shared parts the prompt is computed as a whole.
        Answer alone =
            model.generate(List.of(Prompt.of(prompt.parts(), prompt.maxNewTokens()))).getFirst();
        assertThat(alone.reusedTokens()).isZero();
        assertThat(answer.tokenIds()).isEqualTo(alone.tokenIds());
        assertThat(answer.promptTokenIds()).isEqualTo(alone.promptTokenIds());
        assertThat(answer.reusedTokens()).isGreaterThanOrEqualTo(reusedBefore);
        reusedBefore = answer.reusedTokens();
      }
      assertThat(reusedBefore)
          .isGreaterThan(whole.pairs().size() * whole.pairs().getFirst().tokens());
    }
    close(first);
    close(second);
  }

  @Test
  void rejectsCallsAfterClose() {
    Qwen25Vl other = Qwen25Vl.open(GOLDEN.checkpoint(), SETTINGS);
    other.close();
    other.close();
    assertThatThrownBy(() -> other.encode(List.of(noise(1, 56, 56))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is closed");
  }

  @Test
  void explainsWhatCudaNeeds() {
    assertThatThrownBy(() ->
            Qwen25Vl.open(
                GOLDEN.checkpoint(), EngineSettings.of(new Device.Cuda(0), Precision.BF16)))
        .isInstanceOf(OnnxRuntimeException.class)
        .hasMessageContaining("device cuda is not available")
        .hasMessageContaining("-Pcuda13");
  }
}
