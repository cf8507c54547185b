package io.chronoscope.qwen.decoder;

import static io.chronoscope.qwen.decoder.DecoderGoldenTest.assemble;
import static io.chronoscope.qwen.decoder.DecoderGoldenTest.ids;
import static io.chronoscope.qwen.decoder.DecoderGoldenTest.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chronoscope.analysis.Prompts;
import io.chronoscope.checkpoint.Checkpoint;
import io.chronoscope.ort.Device;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.NativeTensor;
import io.chronoscope.ort.Session;
import io.chronoscope.qwen.prompt.ChatPrompt;
import io.chronoscope.qwen.weights.DerivedWeightsCache;
import io.chronoscope.qwen.weights.ModelWeights;
import io.chronoscope.testing.GoldenCase;
import io.chronoscope.vlm.Answer;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Answers with draft tokens, compared with those without: whatever is proposed, they are the same.
class DraftTokensTest {

  private static final int LONGEST = 7;
  private static final float TOLERANCE = 1e-4f;

  /// The attention over several tokens rounds in another order than over one, and what is close to
  /// the middle between two of the 255 levels of an activation can then fall to the other one.
  private static final float INT8_TOLERANCE = 2e-3f;

  private static final GoldenCase PENALTY = GoldenCase.named("penalty-eos");

  @TempDir Path folder;

  /// Which of the proposed tokens are right.
  private enum Guesses {
    RIGHT,
    WRONG,
    SOME;

    /// Proposals for each place of an answer, in which all, none or the first two tokens are right.
    RecentAnswers about(ChatPrompt prompt, List<Integer> answer, int wrong) {
      RecentAnswers recent = new RecentAnswers(1 << 20);
      int[] text =
          IntStream.concat(
                  IntStream.of(prompt.tokenIds()), answer.stream().mapToInt(Integer::intValue))
              .toArray();
      int right =
          switch (this) {
            case RIGHT -> text.length;
            case WRONG -> 0;
            case SOME -> 2;
          };
      for (int at = prompt.length() + 1; at < text.length; at++) {
        int from = Math.max(0, at - Ngram.LONGEST);
        int until = Math.min(text.length, at + LONGEST);
        int[] guess = new int[until - from];
        for (int i = from; i < until; i++) {
          guess[i - from] = i < at + right ? text[i] : wrong;
        }
        recent.add(guess);
      }
      return recent;
    }
  }

  static Iterable<GoldenCase> cases() {
    return StepDecoderTest.cases();
  }

  private static StepDecoder decoder(Checkpoint opened, ModelWeights weights, Drafting drafting) {
    Session session =
        StepDecoder.session(
            opened.text(),
            opened.generation(),
            weights,
            ElementType.FLOAT32,
            Device.CPU,
            1,
            StepSettings.Launch.BY_OPERATOR);
    return StepDecoderTest.over(
        session, opened, new StepSettings(4, 64, 64L << 20), drafting, DecodeLane.Runs.ORDINARY);
  }

  private static StepDecoder decoder(Checkpoint opened, Drafting drafting) {
    return decoder(opened, ModelWeights.asStored(opened.weights()), drafting);
  }

  private static Decoded only(StepDecoder decoder, DecodeRequest request) {
    return decoder.generate(List.of(request)).getFirst();
  }

  private static void assertSame(Decoded actual, Decoded expected, float tolerance) {
    assertThat(ids(actual)).isEqualTo(ids(expected));
    assertThat(actual.end()).isEqualTo(expected.end());
    assertThat(actual.logProbabilities()).hasSameSizeAs(expected.logProbabilities());
    for (int i = 0; i < expected.logProbabilities().size(); i++) {
      assertThat(actual.logProbabilities().get(i))
          .as("token %d", i)
          .isCloseTo(expected.logProbabilities().get(i), within(tolerance));
    }
  }

  private static DecodeRequest of(ChatPrompt prompt, int maxNewTokens, IntConsumer onToken) {
    return new DecodeRequest(prompt, List.of(), maxNewTokens, onToken);
  }

  private static ChatPrompt words(Checkpoint opened, String text) {
    return assemble(opened, List.of(new ChatPrompt.Segment.Text(text)));
  }

  /// A token that neither prompt nor answer has.
  private static int absent(ChatPrompt prompt, List<Integer> answer) {
    return IntStream.iterate(0, id -> id + 1)
        .filter(id -> !answer.contains(id))
        .filter(id -> IntStream.of(prompt.tokenIds()).noneMatch(other -> other == id))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void answersAsWithoutThemWhateverIsGuessed(GoldenCase golden) throws IOException {
    try (Checkpoint opened = Checkpoint.open(golden.checkpoint());
        StepDecoder plain = decoder(opened, Drafting.of(0))) {
      DecodeRequest request = request(opened, golden, golden.maxNewTokens(), token -> {});
      Decoded expected = only(plain, request);
      assertThat(ids(expected)).isEqualTo(golden.ints("tokenIds"));
      assertThat(expected.drafts()).isEqualTo(Answer.Drafts.NONE);
      int wrong = absent(request.prompt(), ids(expected));
      for (Guesses guesses : Guesses.values()) {
        RecentAnswers recent = guesses.about(request.prompt(), ids(expected), wrong);
        List<Integer> streamed = new ArrayList<>();
        long before = NativeTensor.live();
        try (StepDecoder drafting = decoder(opened, new Drafting(LONGEST, recent))) {
          Decoded actual =
              only(drafting, request(opened, golden, golden.maxNewTokens(), streamed::add));
          assertSame(actual, expected, TOLERANCE);
          assertThat(streamed).isEqualTo(ids(expected));
          assertThat(actual.drafts().proposed()).as("%s", guesses).isPositive();
          switch (guesses) {
            case RIGHT ->
                // Each step but the last yields all that it verifies.
                assertThat(actual.drafts().accepted())
                    .isGreaterThanOrEqualTo((ids(expected).size() - 1) * LONGEST / (LONGEST + 1));
            case WRONG -> assertThat(actual.drafts().accepted()).isZero();
            case SOME ->
                assertThat(actual.drafts().accepted())
                    .isPositive()
                    .isLessThan(actual.drafts().proposed());
          }
        }
        assertThat(NativeTensor.live()).isEqualTo(before);
      }
    }
  }

  @Test
  void theRepetitionPenaltyCountsTheDraftTokensBefore() throws IOException {
    try (Checkpoint opened = Checkpoint.open(PENALTY.checkpoint());
        StepDecoder plain = decoder(opened, Drafting.of(0))) {
      assertThat(opened.generation().repetitionPenalty()).isGreaterThan(1);
      for (int words = 1; words < 40; words += 6) {
        ChatPrompt prompt = words(opened, "where is it ".repeat(words));
        Decoded expected = only(plain, of(prompt, 60, token -> {}));
        RecentAnswers right = Guesses.RIGHT.about(prompt, ids(expected), 0);
        try (StepDecoder drafting = decoder(opened, new Drafting(LONGEST, right))) {
          Decoded actual = only(drafting, of(prompt, 60, token -> {}));
          assertSame(actual, expected, TOLERANCE);
          assertThat(actual.drafts().accepted()).isPositive();
        }
      }
    }
  }

  @Test
  void anAnswerIsTheSourceOfTheNextOne() throws IOException {
    try (Checkpoint opened = Checkpoint.open(PENALTY.checkpoint());
        StepDecoder drafting = decoder(opened, Drafting.of(LONGEST))) {
      DecodeRequest request = request(opened, PENALTY, PENALTY.maxNewTokens(), token -> {});
      Decoded first = only(drafting, request);
      Decoded second = only(drafting, request);
      assertSame(second, first, TOLERANCE);
      assertThat(second.drafts().accepted())
          .isGreaterThan(first.drafts().accepted())
          // The stop token was guessed, too, and saved nothing behind it.
          .isGreaterThanOrEqualTo(second.drafts().proposed() - 1);
      assertThat(second.finished()).isTrue();
    }
  }

  @Test
  void oneStepYieldsSeveralTokens() throws IOException {
    try (Checkpoint opened = Checkpoint.open(PENALTY.checkpoint());
        StepDecoder drafting = decoder(opened, Drafting.of(LONGEST))) {
      DecodeRequest request = request(opened, PENALTY, PENALTY.maxNewTokens(), token -> {});
      Decoded whole = only(drafting, request);
      try (StepBatch batch = drafting.startBatch()) {
        StepSequence sequence = batch.start(request);
        while (!sequence.isPrefilled()) {
          batch.prefill(sequence);
        }
        assertThat(sequence.generatedTokens()).isEqualTo(1);
        batch.decode();
        assertThat(sequence.generatedTokens())
            .isEqualTo(Math.min(whole.tokenIds().length, 2 + LONGEST));
      }
    }
  }

  @Test
  void endsAtTheLimitInsideOfADraft() throws IOException {
    try (Checkpoint opened = Checkpoint.open(PENALTY.checkpoint());
        StepDecoder plain = decoder(opened, Drafting.of(0));
        StepDecoder drafting = decoder(opened, Drafting.of(LONGEST))) {
      ChatPrompt prompt = words(opened, "what happens then");
      only(drafting, of(prompt, 60, token -> {}));
      for (int limit = 1; limit <= 20; limit++) {
        List<Integer> streamed = new ArrayList<>();
        Decoded expected = only(plain, of(prompt, limit, token -> {}));
        assertSame(only(drafting, of(prompt, limit, streamed::add)), expected, TOLERANCE);
        assertThat(streamed).isEqualTo(ids(expected));
      }
    }
  }

  /// Over many times the room that a cache starts with, from its own text.
  @Test
  void cutsAnAnswerThatRepeatsItselfAtTheSameToken() {
    try (Checkpoint untrained = Checkpoint.open(GoldenCase.named("published-tied").checkpoint());
        StepDecoder plain = decoder(untrained, Drafting.of(0));
        StepDecoder drafting = decoder(untrained, Drafting.of(LONGEST))) {
      ChatPrompt prompt = words(untrained, "what ".repeat(20));
      Decoded expected = only(plain, of(prompt, 3000, token -> {}));
      Decoded actual = only(drafting, of(prompt, 3000, token -> {}));
      assertThat(actual.end()).isEqualTo(Answer.End.REPETITION);
      assertSame(actual, expected, TOLERANCE);
      assertThat(actual.drafts().accepted()).isGreaterThan(64);
    }
  }

  @Test
  void othersJoinAndLeaveWhileOneDrafts() {
    try (Checkpoint opened = Checkpoint.open(PENALTY.checkpoint());
        StepDecoder plain = decoder(opened, Drafting.of(0));
        StepDecoder drafting = decoder(opened, Drafting.of(LONGEST))) {
      DecodeRequest answered = of(words(opened, "why ".repeat(30)), 90, token -> {});
      DecodeRequest joining = of(words(opened, "where ".repeat(25)), 9, token -> {});
      Decoded expected = only(plain, answered);
      Decoded expectedOfJoining = only(plain, joining);
      only(drafting, answered);
      only(drafting, joining);
      long before = NativeTensor.live();
      try (StepBatch batch = drafting.startBatch()) {
        StepSequence sequence = batch.start(answered);
        while (!sequence.isPrefilled()) {
          batch.prefill(sequence);
        }
        for (int time = 0; time < 3; time++) {
          batch.decode();
          StepSequence other = batch.start(joining);
          while (!other.isPrefilled()) {
            batch.prefill(other);
          }
          int steps = 0;
          while (!other.hasEnded()) {
            int tokens = sequence.generatedTokens();
            batch.decode();
            steps++;
            assertThat(sequence.generatedTokens() - tokens).isLessThanOrEqualTo(1);
          }
          assertThat(steps).isEqualTo(expectedOfJoining.tokenIds().length - 1);
          assertSame(other.decoded(), expectedOfJoining, TOLERANCE);
        }
        while (batch.decoding() > 0) {
          batch.decode();
        }
        Decoded actual = sequence.decoded();
        assertSame(actual, expected, TOLERANCE);
        assertThat(actual.drafts().accepted()).isPositive();
      }
      assertThat(NativeTensor.live()).isEqualTo(before);
    }
  }

  @Test
  void promptsContinueASharedBeginning() {
    try (Checkpoint opened = Checkpoint.open(PENALTY.checkpoint());
        StepDecoder plain = decoder(opened, Drafting.of(0));
        StepDecoder drafting = decoder(opened, Drafting.of(LONGEST))) {
      List<FloatBuffer> pairs = StepDecoderTest.pairs(opened, 6);
      for (int time = 0; time < 2; time++) {
        for (String text :
            List.of(Prompts.EVENTS, Prompts.grounding("a door opens"), Prompts.SUMMARY)) {
          DecodeRequest question = StepDecoderTest.question(opened, pairs, text, 50);
          Decoded actual = only(drafting, question);
          assertSame(actual, only(plain, question), TOLERANCE);
          assertThat(actual.reusedTokens()).isGreaterThanOrEqualTo(time * question.sharedTokens());
          assertThat(actual.drafts().accepted()).isGreaterThanOrEqualTo(time);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void answersAsWithoutThemInInt8(GoldenCase golden) throws IOException {
    try (Checkpoint opened = Checkpoint.open(golden.checkpoint());
        ModelWeights weights =
            ModelWeights.int8(new DerivedWeightsCache(folder), opened.ref(), opened.weights());
        StepDecoder plain = decoder(opened, weights, Drafting.of(0))) {
      assertThat(Drafting.longest(OptionalInt.empty(), Device.CPU, weights)).isEqualTo(LONGEST);
      DecodeRequest request = request(opened, golden, 40, token -> {});
      Decoded expected = only(plain, request);
      int wrong = absent(request.prompt(), ids(expected));
      for (Guesses guesses : Guesses.values()) {
        RecentAnswers recent = guesses.about(request.prompt(), ids(expected), wrong);
        try (StepDecoder drafting = decoder(opened, weights, new Drafting(LONGEST, recent))) {
          Decoded actual = only(drafting, request);
          assertSame(actual, expected, INT8_TOLERANCE);
          assertThat(actual.drafts().proposed()).isPositive();
        }
      }
    }
  }

  /// Bit by bit: rows of a product of several are computed alike, however many there are.
  @Test
  @EnabledOnOs(architectures = "amd64")
  void anAnswerDoesNotDependOnTheGuesses() throws IOException {
    try (Checkpoint opened = Checkpoint.open(PENALTY.checkpoint());
        ModelWeights weights =
            ModelWeights.int8(new DerivedWeightsCache(folder), opened.ref(), opened.weights())) {
      ChatPrompt prompt = words(opened, "where is it now");
      Decoded unguided;
      try (StepDecoder drafting = decoder(opened, weights, Drafting.of(1))) {
        unguided = only(drafting, of(prompt, 60, token -> {}));
      }
      int wrong = absent(prompt, ids(unguided));
      for (Guesses guesses : Guesses.values()) {
        RecentAnswers recent = guesses.about(prompt, ids(unguided), wrong);
        try (StepDecoder drafting = decoder(opened, weights, new Drafting(LONGEST, recent))) {
          Decoded actual = only(drafting, of(prompt, 60, token -> {}));
          assertThat(actual.drafts()).isNotEqualTo(unguided.drafts());
          assertSame(actual, unguided, 0);
        }
      }
    }
  }

  @Test
  void thereAreNoneWhereTheyWouldChangeAnAnswer() {
    try (Checkpoint opened = Checkpoint.open(PENALTY.checkpoint());
        ModelWeights four =
            ModelWeights.int4(new DerivedWeightsCache(folder), opened.ref(), opened.weights())) {
      ModelWeights stored = ModelWeights.asStored(opened.weights());
      OptionalInt five = OptionalInt.of(5);
      assertThat(Drafting.longest(five, Device.CPU, four)).isZero();
      assertThat(Drafting.longest(five, new Device.Cuda(0), stored)).isZero();
      assertThat(Drafting.longest(five, Device.CPU, stored)).isEqualTo(5);
      assertThat(Drafting.longest(OptionalInt.empty(), Device.CPU, stored)).isZero();
    }
  }

  @Test
  void aCallbackThatThrowsInsideOfADraftGetsNoMoreTokens() throws IOException {
    try (Checkpoint opened = Checkpoint.open(PENALTY.checkpoint());
        StepDecoder drafting = decoder(opened, Drafting.of(LONGEST))) {
      Decoded whole = only(drafting, request(opened, PENALTY, 30, token -> {}));
      List<Integer> streamed = new ArrayList<>();
      DecodeRequest failing =
          request(
              opened,
              PENALTY,
              30,
              token -> {
                streamed.add(token);
                if (streamed.size() == 5) {
                  throw new IllegalStateException("listener left");
                }
              });
      try (StepBatch batch = drafting.startBatch()) {
        StepSequence sequence = batch.start(failing);
        while (!sequence.isPrefilled()) {
          batch.prefill(sequence);
        }
        batch.decode();
        assertThat(sequence.failure())
            .get()
            .hasToString("java.lang.IllegalStateException: listener left");
        assertThat(batch.decoding()).isZero();
      }
      assertThat(streamed).isEqualTo(ids(whole).subList(0, 5));
    }
  }

  /// The embedding of a token that is only guessed contains NaN, which would spread to the tokens
  /// before it through the attention's product with zeros.
  @Test
  void aGuessForWhichTheModelComputesNoNumberFailsNothing() throws IOException {
    Path damaged =
        DecoderGoldenTest.copy(PENALTY, Files.createDirectory(folder.resolve("damaged")));
    try (Checkpoint intact = Checkpoint.open(PENALTY.checkpoint());
        StepDecoder plain = decoder(intact, Drafting.of(0))) {
      ChatPrompt prompt = words(intact, "who comes in");
      Decoded expected = only(plain, of(prompt, 20, token -> {}));
      int wrong = absent(prompt, ids(expected));
      assertThat(intact.text().tiedEmbeddings()).isFalse();
      DecoderGoldenTest.damage(damaged, "model.embed_tokens.weight", wrong);
      for (Guesses guesses : List.of(Guesses.WRONG, Guesses.SOME)) {
        RecentAnswers recent = guesses.about(prompt, ids(expected), wrong);
        try (Checkpoint opened = Checkpoint.open(damaged);
            StepDecoder drafting = decoder(opened, new Drafting(LONGEST, recent))) {
          Decoded actual = only(drafting, of(prompt, 20, token -> {}));
          assertSame(actual, expected, TOLERANCE);
          assertThat(actual.drafts().proposed()).isPositive();
        }
      }
    }
  }
}
