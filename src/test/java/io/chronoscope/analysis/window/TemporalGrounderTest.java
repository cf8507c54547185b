package io.chronoscope.analysis.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chronoscope.analysis.AnalysisEvent.MalformedAnswer;
import io.chronoscope.analysis.Prompts;
import io.chronoscope.batching.BatchLimits;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.testing.LampModel;
import io.chronoscope.testing.LampVideo;
import io.chronoscope.vlm.EncodedPair;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TemporalGrounderTest {

  private static final long TEN_SECONDS = 10_000_000;

  private final LampModel model = new LampModel();
  private final BatchedModel batched =
      new BatchedModel(
          model,
          new BatchLimits(16, Duration.ZERO),
          new BatchLimits(3, Duration.ofSeconds(5)),
          size -> {},
          size -> {});
  private final List<String> malformed = Collections.synchronizedList(new ArrayList<>());
  private final TemporalGrounder judge =
      new TemporalGrounder(
          "cam",
          event -> {
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
  private ModelSession session(BatchedModel with) {
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
    return new ModelSession(with, pairs, seconds, 512);
  }

  private GroundingResult judge(String query, double threshold) {
    try (BatchedModel alone =
        new BatchedModel(
            model,
            new BatchLimits(1, Duration.ZERO),
            new BatchLimits(1, Duration.ZERO),
            size -> {},
            size -> {})) {
      return judge.judge(session(alone), query, threshold, TEN_SECONDS).join();
    }
  }

  @Test
  void tellsWhenItHappensAndHowSureTheModelIs() {
    GroundingResult verdict = judge("Lamp-aaa is on", 0.5);
    assertThat(verdict.score()).isCloseTo(0.9, within(1e-6));
    assertThat(verdict.happens()).isTrue();
    assertThat(verdict.when())
        .contains(new EventAnswer.Told(2_000_000, 4_000_000, "Lamp-aaa is on"));
    assertThat(verdict.problem()).isEmpty();
  }

  @Test
  void doesNotAskWhenOfWhatDoesNotHappen() {
    GroundingResult verdict = judge("Lamp-bbb is on", 0.5);
    assertThat(verdict.score()).isCloseTo(0.1, within(1e-6));
    assertThat(verdict.happens()).isFalse();
    assertThat(verdict.when()).isEmpty();
    assertThat(model.questions).hasValue(1);
  }

  @Test
  void takesTheThresholdAtItsWord() {
    assertThat(judge("Lamp-aaa is on", 0.95).happens()).isFalse();
    assertThat(judge("Lamp-bbb is on", 0.05).happens()).isTrue();
  }

  @Test
  void reportsAnAnswerThatIsNeitherYesNorNo() {
    model.disturb = (question, answer) -> "Perhaps";
    GroundingResult verdict = judge("Lamp-aaa is on", 0);
    assertThat(verdict.score()).isZero();
    assertThat(verdict.happens()).isFalse();
    assertThat(verdict.problem()).contains("'Lamp-aaa is on': neither yes nor no but 'Perhaps'");
    assertThat(malformed).containsExactly("cam REPORTED " + verdict.problem().orElseThrow());
  }

  @Test
  void asksOnceMoreWhen() {
    model.disturb =
        (question, answer) ->
            question.equals(Prompts.grounding("Lamp-aaa is on")) ? "At noon." : answer;
    assertThat(judge("Lamp-aaa is on", 0.5).when()).isPresent();
    assertThat(malformed)
        .singleElement()
        .asString()
        .startsWith("cam RETRIED 'Lamp-aaa is on': not of");
  }

  @Test
  void saysThatItHappensAlsoWhenTheTimeCannotBeRead() {
    model.disturb = (question, answer) -> answer.startsWith("The event") ? "At noon." : answer;
    GroundingResult verdict = judge("Lamp-aaa is on", 0.5);
    assertThat(verdict.happens()).isTrue();
    assertThat(verdict.when()).isEmpty();
    assertThat(verdict.problem()).isPresent();
    assertThat(malformed).hasSize(2).last().asString().startsWith("cam REPORTED");
  }

  @Test
  void asksSeveralQueriesInOneBatch() {
    // A batch runs when three wait, so this ends only if all three are handed in before waiting.
    List<CompletableFuture<GroundingResult>> verdicts = new ArrayList<>();
    for (String query : List.of("Lamp-bbb is on", "Lamp-ccc is on", "Lamp-ddd is on")) {
      verdicts.add(judge.judge(session(batched), query, 0.5, TEN_SECONDS));
    }
    verdicts.forEach(verdict -> assertThat(verdict.join().happens()).isFalse());
    assertThat(model.batches).singleElement().asList().hasSize(3);
    assertThat(model.encodedPairs).hasValue(0);
  }
}
