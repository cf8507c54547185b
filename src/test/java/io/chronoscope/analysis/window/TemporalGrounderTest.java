package io.chronoscope.analysis.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chronoscope.analysis.AnalysisEvent.MalformedAnswer;
import io.chronoscope.analysis.AnalysisEvent.SpanRefused;
import io.chronoscope.analysis.AnalysisEvent.UnknownWords;
import io.chronoscope.analysis.Prompts;
import io.chronoscope.analysis.window.EventAnswer.ParsedEvent;
import io.chronoscope.analysis.window.GroundingResult.Absent;
import io.chronoscope.analysis.window.GroundingResult.Located;
import io.chronoscope.analysis.window.GroundingResult.Refused;
import io.chronoscope.analysis.window.GroundingResult.Unlocated;
import io.chronoscope.analysis.window.GroundingResult.Unusable;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.batching.Priority;
import io.chronoscope.testing.BatchedModels;
import io.chronoscope.testing.LampModel;
import io.chronoscope.testing.LampVideo;
import io.chronoscope.vlm.Calibration;
import io.chronoscope.vlm.ClosedWorld;
import io.chronoscope.vlm.EncodedPair;
import io.chronoscope.vlm.FrameHalf;
import io.chronoscope.vlm.ModelProfile;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class TemporalGrounderTest {

  private static final long TEN_SECONDS = 10_000_000;

  private final LampModel model = new LampModel();
  private final BatchedModel batched = BatchedModels.of(model, 3, Duration.ofSeconds(5));
  private final List<String> malformed = Collections.synchronizedList(new ArrayList<>());
  private final List<String> unknown = Collections.synchronizedList(new ArrayList<>());
  private final List<SpanRefused> refusals = Collections.synchronizedList(new ArrayList<>());
  private final TemporalGrounder grounder =
      new TemporalGrounder(
          "cam",
          event -> {
            if (event instanceof UnknownWords words) {
              unknown.add(words.query() + " " + words.words());
            }
            if (event instanceof SpanRefused refused) {
              refusals.add(refused);
            }
            if (event
                instanceof
                MalformedAnswer(String stream, String problem, MalformedAnswer.Outcome outcome)) {
              malformed.add(stream + " " + outcome + " " + problem);
            }
          });

  @AfterEach
  void close() {
    batched.close();
  }

  /// Ten seconds in which lamp a is on from 2 s to 4 s.
  private VideoSession session(BatchedModel with) {
    List<EncodedPair> pairs = new ArrayList<>();
    List<Double> seconds = new ArrayList<>();
    for (int second = 0; second < 10; second++) {
      float[] lamps = new float[2 * LampVideo.LAMPS];
      if (second == 2 || second == 3) {
        lamps[0] = 1;
        lamps[LampVideo.LAMPS] = 1;
      }
      pairs.add(new EncodedPair(1, 1, FloatBuffer.wrap(lamps)));
      seconds.add((double) second);
    }
    return new VideoSession(
        with, "stream", pairs, seconds, 512, Priority.LIVE, new AnswerCache(), () -> {});
  }

  private GroundingResult ground(String query, double threshold) {
    return ground(grounder, query, threshold);
  }

  private GroundingResult ground(TemporalGrounder with, String query, double threshold) {
    try (BatchedModel alone = BatchedModels.of(model, 1, Duration.ZERO)) {
      return with.ground(session(alone), query, threshold, TEN_SECONDS).join();
    }
  }

  @Test
  void saysWhenItHappensAndHowSureTheModelIs() {
    assertThat(ground("Lamp-aaa is on", 0.5))
        .isInstanceOfSatisfying(
            Located.class,
            located -> {
              assertThat(located.score()).isCloseTo(0.9, within(1e-6));
              assertThat(located.spanScore()).isCloseTo(0.9, within(1e-6));
              assertThat(located.event())
                  .isEqualTo(new ParsedEvent(2_000_000, 4_000_000, "Lamp-aaa is on", false));
            });
    assertThat(malformed).isEmpty();
  }

  @Test
  void doesNotAskWhenForWhatDoesNotHappen() {
    assertThat(ground("Lamp-bbb is on", 0.5))
        .isInstanceOfSatisfying(
            Absent.class, absent -> assertThat(absent.score()).isCloseTo(0.1, within(1e-6)));
    assertThat(model.questions).hasValue(1);
  }

  @Test
  void comparesTheScoreWithTheThreshold() {
    assertThat(ground("Lamp-aaa is on", 0.95)).isInstanceOf(Absent.class);
    // The lamp is never on, so the model cannot say when.
    assertThat(ground("Lamp-bbb is on", 0.05)).isNotInstanceOfAny(Absent.class, Unusable.class);
  }

  @Test
  void reportsAnAnswerThatIsNeitherYesNorNo() {
    model.disturb = (question, answer) -> "Perhaps";
    String problem = "'Lamp-aaa is on': neither yes nor no but 'Perhaps'";
    assertThat(ground("Lamp-aaa is on", 0)).isEqualTo(new Unusable(problem));
    assertThat(malformed).containsExactly("cam REPORTED " + problem);
  }

  @Test
  void asksAgainWhenTheTimeCannotBeParsed() {
    model.disturb =
        (question, answer) ->
            question.equals(Prompts.grounding("Lamp-aaa is on")) ? "At noon." : answer;
    assertThat(ground("Lamp-aaa is on", 0.5)).isInstanceOf(Located.class);
    assertThat(malformed)
        .singleElement()
        .asString()
        .startsWith("cam RETRIED 'Lamp-aaa is on': not of");
  }

  @Test
  void saysThatItHappensEvenIfTheTimeCannotBeParsed() {
    model.disturb = (question, answer) -> answer.startsWith("The event") ? "At noon." : answer;
    assertThat(ground("Lamp-aaa is on", 0.5))
        .isInstanceOfSatisfying(
            Unlocated.class,
            unlocated -> {
              assertThat(unlocated.score()).isCloseTo(0.9, within(1e-6));
              assertThat(unlocated.problem()).startsWith("'Lamp-aaa is on': not of");
            });
    assertThat(malformed).hasSize(2).last().asString().startsWith("cam REPORTED");
  }

  @Test
  void refusesASpanInWhichItDoesNotHappen() {
    model.disturb =
        (question, answer) ->
            answer.startsWith("The event") ? "The event happens in 00:06.00 - 00:08.00." : answer;
    assertThat(ground("Lamp-aaa is on", 0.5))
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> {
              assertThat(refused.score()).isCloseTo(0.9, within(1e-6));
              assertThat(refused.spanScore()).isCloseTo(0.1, within(1e-6));
            });
    assertThat(refusals)
        .singleElement()
        .satisfies(refused -> {
          assertThat(refused.stream()).isEqualTo("cam");
          assertThat(refused.query()).isEqualTo("Lamp-aaa is on");
          assertThat(refused.spanScore()).isCloseTo(0.1, within(1e-6));
        });
    assertThat(malformed).isEmpty();
  }

  @Test
  void checksTheSpanOnItsOwnFramesAndThoseNextToThem() {
    VideoSession whole = session(batched);
    VideoSession span = whole.around(2_000_000, 4_000_000);
    assertThat(span.pairs()).isEqualTo(whole.pairs().subList(1, 5));
    assertThat(span.pairSeconds()).containsExactly(0.0, 1.0, 2.0, 3.0);
    assertThat(whole.around(0, 500_000).pairs()).isEqualTo(whole.pairs().subList(0, 2));
    assertThat(whole.around(9_200_000, TEN_SECONDS).pairs())
        .isEqualTo(whole.pairs().subList(8, 10));
    assertThat(whole.around(5_500_000, 5_500_000).pairs()).isEqualTo(whole.pairs().subList(4, 7));
  }

  @Test
  void aResultIsNoSurerThanTheWeakerOfItsTwoAnswers() {
    assertThat(new QueryScores(0.7, 0.9, 0.5).confidence(Calibration.NONE)).isEqualTo(0.7);
    assertThat(new QueryScores(0.9, 0.6, 0.5).confidence(Calibration.NONE)).isEqualTo(0.6);
    assertThat(new QueryScores(0.9, 0.9, 0.3).confidence(Calibration.NONE)).isEqualTo(0.3);
  }

  @Test
  void aCalibrationDecidesWhatTheScoresAreWorth() {
    Calibration calibration =
        new Calibration(
            Optional.empty(),
            Optional.of(new Calibration.OfQueries(-1, 0.5, 0.5, 1)),
            Optional.empty());
    double sure = new QueryScores(0.9, 0.9, 0.5).confidence(calibration);
    assertThat(sure).isCloseTo(Calibration.sigmoid(-1 + Math.log(9)), within(1e-9));
    assertThat(new QueryScores(0.9, 0.9, 0.9).confidence(calibration)).isGreaterThan(sure);
  }

  @Test
  void doesNotKnowWhenIfTheCheckIsNeitherYesNorNo() {
    AtomicInteger asked = new AtomicInteger();
    model.disturb =
        (question, answer) ->
            question.equals(Prompts.presence("Lamp-aaa is on")) && asked.incrementAndGet() == 2
                ? "Perhaps"
                : answer;
    String problem = "'Lamp-aaa is on': neither yes nor no but 'Perhaps'";
    assertThat(ground("Lamp-aaa is on", 0.5))
        .isInstanceOfSatisfying(
            Unlocated.class, unlocated -> assertThat(unlocated.problem()).isEqualTo(problem));
    assertThat(malformed).containsExactly("cam REPORTED " + problem);
    assertThat(refusals).isEmpty();
  }

  @Test
  void asksWhenInTheWordingThatTheCheckpointWasTaught() {
    String wording = "Please find the visual event described by the sentence '{}'.";
    model.profile = new ModelProfile(Optional.empty(), Calibration.NONE, Optional.of(wording));
    model.disturb =
        (question, answer) ->
            question.equals(wording.replace("{}", "Lamp-aaa is on"))
                ? "The event happens in 2.0 - 4.0 seconds."
                : answer;
    assertThat(ground("Lamp-aaa  is on.", 0.5))
        .isInstanceOfSatisfying(
            Located.class,
            located -> {
              assertThat(located.event().startMicros()).isEqualTo(2_000_000);
              assertThat(located.event().endMicros()).isEqualTo(4_000_000);
            });
    assertThat(malformed).isEmpty();
  }

  @Test
  void asksSeveralQueriesInOneBatch() {
    // A batch starts when three prompts wait, so this ends only if all three are submitted before
    // the first answer is awaited.
    List<CompletableFuture<GroundingResult>> results = new ArrayList<>();
    for (String query : List.of("Lamp-bbb is on", "Lamp-ccc is on", "Lamp-ddd is on")) {
      results.add(grounder.ground(session(batched), query, 0.5, TEN_SECONDS));
    }
    results.forEach(result -> assertThat(result.join()).isInstanceOf(Absent.class));
    assertThat(model.batches).singleElement().asList().hasSize(3);
    assertThat(model.encodedPairs).hasValue(0);
  }

  @Nested
  class ModelOfAClosedWorld {

    @BeforeEach
    void knowLampsAlone() {
      model.profile =
          new ModelProfile(
              Optional.of(
                  new ClosedWorld(
                      Map.of("lamp", Map.of("a", List.of("Lamp-aaa"), "b", List.of("Lamp-bbb"))),
                      Map.of(FrameHalf.UPPER, List.of("in the upper half")),
                      List.of("is", "on"))),
              Calibration.NONE,
              Optional.empty());
    }

    @Test
    void doesNotAskAboutWhatItHasNoWordFor() {
      model.disturb = (question, answer) -> "Yes";
      assertThat(ground("Elephant-aaa is on", 0.5)).isEqualTo(new Absent(0));
      assertThat(model.questions).hasValue(0);
      assertThat(unknown).containsExactly("Elephant-aaa is on [elephant-aaa]");
    }

    @Test
    void takesTheTimeFromItsOwnDescription() {
      model.disturb = (question, answer) -> answer.startsWith("The event") ? "At noon." : answer;
      assertThat(ground("Lamp-aaa is on", 0.5))
          .isInstanceOfSatisfying(
              Located.class,
              located ->
                  assertThat(located.event())
                      .isEqualTo(new ParsedEvent(2_000_000, 4_000_000, "Lamp-aaa is on", false)));
    }

    @Test
    void doesNotBelieveAYesWithoutAnEventThatShowsIt() {
      model.disturb =
          (question, answer) ->
              question.equals(Prompts.presence("Lamp-bbb is on")) ? "Yes" : answer;
      assertThat(ground("Lamp-bbb is on", 0.5)).isInstanceOf(Absent.class);
    }

    @Test
    void asksAboutAHalfOfThePictureOnItsOwnTokens() {
      // A pair of one token has it in both halves, so neither half is likelier.
      assertThat(ground("Lamp-aaa is on in the upper half", 0.4)).isInstanceOf(Located.class);
      assertThat(model.batches.stream().flatMap(List::stream))
          .containsOnly(Prompts.EVENTS, Prompts.presence("Lamp-aaa is on"));
    }
  }
}
