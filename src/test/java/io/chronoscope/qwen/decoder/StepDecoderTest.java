package io.chronoscope.qwen.decoder;

import static io.chronoscope.qwen.decoder.DecoderGoldenTest.assemble;
import static io.chronoscope.qwen.decoder.DecoderGoldenTest.direct;
import static io.chronoscope.qwen.decoder.DecoderGoldenTest.ids;
import static io.chronoscope.qwen.decoder.DecoderGoldenTest.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chronoscope.analysis.Prompts;
import io.chronoscope.checkpoint.Checkpoint;
import io.chronoscope.ort.Device;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.NativeTensor;
import io.chronoscope.ort.Session;
import io.chronoscope.qwen.position.TokenGrid;
import io.chronoscope.qwen.prompt.ChatPrompt;
import io.chronoscope.qwen.weights.ModelWeights;
import io.chronoscope.testing.GoldenCase;
import io.chronoscope.vlm.Answer;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Steps, parts of prompts, shared beginnings and sequences that come and go, compared with whole
/// prompts computed alone.
class StepDecoderTest {

  private static final float TOLERANCE = 1e-4f;
  private static final TokenGrid GRID = new TokenGrid(3, 4);
  private static final GoldenCase GOLDEN = GoldenCase.named("penalty-eos");

  private static Checkpoint checkpoint;

  @BeforeAll
  static void open() {
    checkpoint = Checkpoint.open(GOLDEN.checkpoint());
  }

  @AfterAll
  static void close() {
    checkpoint.close();
  }

  static Iterable<GoldenCase> cases() {
    return GoldenCase.all()
            .filter(golden -> {
              try (Checkpoint opened = Checkpoint.open(golden.checkpoint())) {
                return opened.text().headDim() % DecoderAttention.Grouped.HEAD_DIM_FACTOR == 0;
              }
            })
        ::iterator;
  }

  /// A decoder in FP32 over a session of its graph.
  static StepDecoder over(
      Session session,
      Checkpoint opened,
      StepSettings settings,
      Drafting drafting,
      DecodeLane.Runs runs) {
    return StepDecoder.of(
        session, opened.text(), opened.generation(), ElementType.FLOAT32, settings, drafting, runs);
  }

  private static StepDecoder decoder(Checkpoint opened, StepSettings settings) {
    return StepDecoder.compile(
        opened.text(),
        opened.generation(),
        ModelWeights.asStored(opened.weights()),
        ElementType.FLOAT32,
        Device.CPU,
        1,
        settings);
  }

  private static StepDecoder decoder(int prefillChunk) {
    return decoder(checkpoint, new StepSettings(4, prefillChunk, 64L << 20));
  }

  private static StepDecoder sharingNothing() {
    return decoder(checkpoint, new StepSettings(4, 4096, 0));
  }

  /// Made-up embeddings of frame pairs.
  static List<FloatBuffer> pairs(Checkpoint opened, int count) {
    Random random = new Random(5);
    return IntStream.range(0, count)
        .mapToObj(pair -> {
          float[] rows = new float[GRID.tokens() * opened.text().hiddenSize()];
          for (int i = 0; i < rows.length; i++) {
            rows[i] = (float) random.nextGaussian();
          }
          return direct(rows);
        })
        .toList();
  }

  /// A question about a video whose tokens it shares.
  static DecodeRequest question(
      Checkpoint opened, List<FloatBuffer> pairs, String text, int maxNewTokens) {
    ChatPrompt prompt =
        assemble(
            opened,
            List.of(
                new ChatPrompt.Segment.Video(
                    GRID, IntStream.range(0, pairs.size()).mapToDouble(i -> i * 0.5).toArray()),
                new ChatPrompt.Segment.Text(text)));
    int shared = prompt.visualAt()[prompt.visualAt().length - 1] + 1;
    return new DecodeRequest(prompt, pairs, shared, maxNewTokens, token -> {});
  }

  static float logProbability(float[] logits, int token) {
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - logits[token]);
    }
    return (float) -Math.log(sum);
  }

  private static void assertSame(Decoded actual, Decoded expected) {
    assertThat(ids(actual)).isEqualTo(ids(expected));
    assertThat(actual.end()).isEqualTo(expected.end());
    for (int i = 0; i < expected.logProbabilities().size(); i++) {
      assertThat(actual.logProbabilities().get(i))
          .isCloseTo(expected.logProbabilities().get(i), within(TOLERANCE));
    }
    for (int id = 0; id < expected.firstLogits().length; id++) {
      assertThat(actual.firstLogits()[id]).isCloseTo(expected.firstLogits()[id], within(TOLERANCE));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void answersAsTheReferenceDoesHoweverThePromptIsCut(GoldenCase golden) throws IOException {
    try (Checkpoint opened = Checkpoint.open(golden.checkpoint())) {
      for (int chunk : new int[] {4096, 64, 7}) {
        try (StepDecoder decoder = decoder(opened, new StepSettings(4, chunk, 0))) {
          List<Integer> streamed = new ArrayList<>();
          Decoded decoded =
              decoder
                  .generate(List.of(request(opened, golden, golden.maxNewTokens(), streamed::add)))
                  .getFirst();
          float[] expected = golden.floats("logits");
          for (int i = 0; i < expected.length; i++) {
            assertThat(decoded.firstLogits()[i]).isCloseTo(expected[i], within(1e-3f));
          }
          assertThat(ids(decoded)).as("chunk %d", chunk).isEqualTo(golden.ints("tokenIds"));
          assertThat(decoded.logProbabilities()).hasSize(decoded.tokenIds().length);
          assertThat(decoded.logProbabilities().getFirst())
              .isCloseTo(logProbability(expected, decoded.tokenIds()[0]), within(1e-3f));
          assertThat(streamed).isEqualTo(ids(decoded));
        }
      }
    }
  }

  /// A checkpoint without training falls into a loop.
  @Test
  void cutsAnAnswerThatRepeatsItself() {
    try (Checkpoint untrained = Checkpoint.open(GoldenCase.named("published-tied").checkpoint());
        StepDecoder decoder = decoder(untrained, new StepSettings(4, 64, 0))) {
      ChatPrompt prompt =
          assemble(untrained, List.of(new ChatPrompt.Segment.Text("what ".repeat(20))));
      Decoded looping = decoder.generate(List.of(limitedTo(prompt, 3000))).getFirst();
      assertThat(looping.end()).isEqualTo(Answer.End.REPETITION);
      int before = looping.tokenIds().length - 1;
      Decoded limited = decoder.generate(List.of(limitedTo(prompt, before))).getFirst();
      assertThat(limited.end()).isEqualTo(Answer.End.LIMIT);
      assertThat(ids(limited)).isEqualTo(ids(looping).subList(0, before));
    }
  }

  private static DecodeRequest limitedTo(ChatPrompt prompt, int maxNewTokens) {
    return new DecodeRequest(prompt, List.of(), maxNewTokens, token -> {});
  }

  @Test
  void dependsOnNoOtherPromptOfTheBatch() throws IOException {
    List<DecodeRequest> requests = new ArrayList<>();
    requests.add(request(checkpoint, GOLDEN, 40, token -> {}));
    for (int words = 1; words < 300; words = 3 * words + 1) {
      ChatPrompt prompt =
          assemble(checkpoint, List.of(new ChatPrompt.Segment.Text("what ".repeat(words))));
      requests.add(new DecodeRequest(prompt, List.of(), 150, token -> {}));
    }
    requests.add(request(checkpoint, GOLDEN, 7, token -> {}));
    try (StepDecoder decoder = decoder(64)) {
      List<Decoded> together = decoder.generate(requests);
      for (int i = 0; i < requests.size(); i++) {
        assertSame(together.get(i), decoder.generate(List.of(requests.get(i))).getFirst());
      }
    }
  }

  @Test
  void sequencesJoinAndLeaveARunningBatch() {
    List<DecodeRequest> requests = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      ChatPrompt prompt =
          assemble(checkpoint, List.of(new ChatPrompt.Segment.Text("why ".repeat(3 + 9 * i))));
      requests.add(new DecodeRequest(prompt, List.of(), 5 + 7 * (i % 3), token -> {}));
    }
    try (StepDecoder decoder = decoder(16)) {
      long before = NativeTensor.live();
      List<StepSequence> sequences = new ArrayList<>();
      try (StepBatch batch = decoder.startBatch()) {
        for (DecodeRequest request : requests) {
          StepSequence sequence = batch.start(request);
          sequences.add(sequence);
          while (!sequence.isPrefilled()) {
            batch.prefill(sequence);
            batch.decode();
          }
        }
        StepSequence abandoned = batch.start(requests.get(5));
        batch.prefill(abandoned);
        batch.remove(abandoned);
        while (batch.decoding() > 0) {
          batch.decode();
        }
      }
      assertThat(NativeTensor.live()).isEqualTo(before);
      for (int i = 0; i < requests.size(); i++) {
        assertThat(sequences.get(i).hasEnded()).isTrue();
        assertSame(
            sequences.get(i).decoded(), decoder.generate(List.of(requests.get(i))).getFirst());
      }
    }
  }

  @Test
  void questionsAboutAVideoShareItsTokens() {
    List<FloatBuffer> video = pairs(checkpoint, 8);
    String query = "the lamp turns red";
    List<DecodeRequest> requests =
        List.of(
            question(checkpoint, video, Prompts.presence(query), 1),
            question(checkpoint, video, Prompts.presence("a ball rolls from left to right"), 1),
            question(checkpoint, video, Prompts.grounding(query), 60),
            question(checkpoint, video, Prompts.EVENTS, 60),
            question(checkpoint, video, Prompts.SUMMARY, 60));
    for (int chunk : new int[] {4096, 32}) {
      try (StepDecoder sharing = decoder(chunk);
          StepDecoder alone = sharingNothing()) {
        List<Decoded> shared = sharing.generate(requests);
        for (int i = 0; i < requests.size(); i++) {
          assertSame(shared.get(i), alone.generate(List.of(requests.get(i))).getFirst());
          assertThat(shared.get(i).reusedTokens())
              .isEqualTo(i == 0 ? 0 : requests.get(i).sharedTokens());
        }
      }
    }
  }

  @Test
  void anAnalysisContinuesTheOneBeforeOfFewerFrames() {
    List<FloatBuffer> video = pairs(checkpoint, 9);
    try (StepDecoder sharing = decoder(40);
        StepDecoder alone = sharingNothing()) {
      int before = 0;
      for (int seen : new int[] {2, 3, 7, 9}) {
        List<FloatBuffer> pairs = video.subList(0, seen);
        for (String text : List.of(Prompts.EVENTS, Prompts.presence("a door opens"))) {
          DecodeRequest request = question(checkpoint, pairs, text, 40);
          Decoded continued = sharing.generate(List.of(request)).getFirst();
          assertSame(continued, alone.generate(List.of(request)).getFirst());
          assertThat(continued.reusedTokens()).isEqualTo(before);
          before = request.sharedTokens();
        }
      }
    }
  }

  @Test
  void aShorterVideoLeavesTheLongerOneInTheCache() {
    List<FloatBuffer> video = pairs(checkpoint, 9);
    DecodeRequest whole = question(checkpoint, video, Prompts.EVENTS, 20);
    DecodeRequest start = question(checkpoint, video.subList(0, 6), Prompts.EVENTS, 20);
    try (StepDecoder sharing = decoder(4096);
        StepDecoder alone = sharingNothing()) {
      sharing.generate(List.of(whole));
      Decoded ofStart = sharing.generate(List.of(start)).getFirst();
      assertSame(ofStart, alone.generate(List.of(start)).getFirst());
      assertThat(ofStart.reusedTokens()).isEqualTo(start.sharedTokens());
      assertThat(sharing.generate(List.of(whole)).getFirst().reusedTokens())
          .isEqualTo(whole.sharedTokens());
    }
  }

  @Test
  void framesThatLookAlikeButAreOthersAreNotReused() {
    DecodeRequest one = question(checkpoint, pairs(checkpoint, 4), Prompts.EVENTS, 1);
    DecodeRequest other = question(checkpoint, pairs(checkpoint, 4), Prompts.EVENTS, 1);
    try (StepDecoder sharing = decoder(4096)) {
      sharing.generate(List.of(one));
      assertThat(sharing.generate(List.of(other)).getFirst().reusedTokens()).isZero();
    }
  }

  @Test
  void evictsTheLeastRecentlyUsedBeginningsAboveTheBound() {
    List<FloatBuffer> video = pairs(checkpoint, 4);
    List<FloatBuffer> second = pairs(checkpoint, 4);
    DecodeRequest one = question(checkpoint, video, Prompts.EVENTS, 1);
    DecodeRequest other = question(checkpoint, second, Prompts.EVENTS, 1);
    long bytesOfOne;
    try (StepDecoder measured = decoder(4096)) {
      measured.generate(List.of(one));
      bytesOfOne = measured.prefixBytes();
    }
    try (StepDecoder sharing = decoder(checkpoint, new StepSettings(4, 8, bytesOfOne))) {
      sharing.generate(List.of(one));
      sharing.generate(List.of(other));
      assertThat(sharing.prefixBytes()).isEqualTo(bytesOfOne);
      // The embeddings of the video are not among them.
      assertThat(sharing.prefixKeyValueBytes()).isPositive().isLessThan(bytesOfOne);
      assertThat(sharing.generate(List.of(other)).getFirst().reusedTokens()).isPositive();
      assertThat(sharing.generate(List.of(one)).getFirst().reusedTokens()).isZero();
    }
    long before = NativeTensor.live();
    try (StepDecoder tooSmall = decoder(checkpoint, new StepSettings(4, 8, 1))) {
      tooSmall.generate(List.of(one));
      assertThat(tooSmall.prefixBytes()).isZero();
    }
    assertThat(NativeTensor.live()).isEqualTo(before);
  }

  @Test
  void aPromptInPartsKeepsItsBeginningWhileOthersAreComputed() {
    DecodeRequest one = question(checkpoint, pairs(checkpoint, 5), Prompts.EVENTS, 1);
    DecodeRequest other = question(checkpoint, pairs(checkpoint, 5), Prompts.EVENTS, 1);
    try (StepDecoder sharing = decoder(checkpoint, new StepSettings(4, 8, 1));
        StepBatch batch = sharing.startBatch()) {
      StepSequence first = batch.start(one);
      StepSequence second = batch.start(other);
      int computed = 0;
      while (!first.isPrefilled() || !second.isPrefilled()) {
        for (StepSequence sequence : List.of(first, second)) {
          computed += sequence.isPrefilled() ? 0 : batch.prefill(sequence);
        }
      }
      assertThat(computed).isEqualTo(first.promptTokens() + second.promptTokens());
      assertThat(sharing.prefixBytes()).isZero();
    }
  }

  @Test
  void aTokenCallbackThatThrowsEndsItsOwnSequenceAlone() throws IOException {
    int[] calls = {0};
    DecodeRequest failing =
        request(
            checkpoint,
            GOLDEN,
            12,
            token -> {
              if (++calls[0] == 5) {
                throw new IllegalStateException("listener left");
              }
            });
    DecodeRequest good = request(checkpoint, GOLDEN, 12, token -> {});
    try (StepDecoder decoder = decoder(4096)) {
      long before = NativeTensor.live();
      Decoded alone = decoder.generate(List.of(good)).getFirst();
      try (StepBatch batch = decoder.startBatch()) {
        StepSequence first = batch.start(failing);
        StepSequence second = batch.start(good);
        batch.prefill(first);
        batch.prefill(second);
        while (batch.decoding() > 0) {
          batch.decode();
        }
        assertThat(first.failure())
            .get()
            .hasToString("java.lang.IllegalStateException: listener left");
        assertSame(second.decoded(), alone);
      }
      calls[0] = 0;
      assertThatThrownBy(() -> decoder.generate(List.of(failing)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("listener left");
      assertThat(NativeTensor.live()).isEqualTo(before);
    }
  }
}
