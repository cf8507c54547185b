package io.chronoscope.analysis.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chronoscope.vlm.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LikelihoodTest {

  private static final String TEXT =
      """
      ```json
      [
        {"start_time": "00:01.50", "end_time": "00:04.00", "description": "A red circle."},
        {"start_time": "00:06.00", "end_time": "00:07.00", "description": "A red circle."}
      ]
      ```\
      """;

  /// Every character is a token; those that are not named are certain.
  private static Answer answer(Map<Integer, Double> probabilities) {
    List<Answer.Piece> pieces = new ArrayList<>();
    for (int i = 0; i < TEXT.length(); i++) {
      pieces.add(new Answer.Piece(i + 1, (float) Math.log(probabilities.getOrDefault(i, 1.0))));
    }
    return new Answer(
        List.of(), List.of(), TEXT, Answer.End.COMPLETE, 0, Answer.Drafts.NONE, List.of(), pieces);
  }

  @Test
  void isThatOfTheLeastLikelyTokenOfEachEntry() {
    int second = TEXT.lastIndexOf('{');
    Answer answer =
        answer(
            Map.of(
                TEXT.indexOf("red"), 0.6,
                TEXT.indexOf("4.00"), 0.5,
                TEXT.indexOf("circle", second), 0.8,
                TEXT.indexOf("6.00"), 0.9,
                // Form, not content.
                TEXT.indexOf("description"), 0.1));
    EventAnswer read = EventAnswerParser.events(TEXT, 10_000_000).weighed(answer);
    assertThat(read.events()).hasSize(2);
    Likelihood first = read.events().get(0).likelihood().orElseThrow();
    assertThat(first.words()).isCloseTo(0.6, within(1e-6));
    assertThat(first.start()).isCloseTo(1, within(1e-6));
    assertThat(first.end()).isCloseTo(0.5, within(1e-6));
    assertThat(first.times()).isEqualTo(first.end());
    Likelihood last = read.events().get(1).likelihood().orElseThrow();
    assertThat(last.words()).isCloseTo(0.8, within(1e-6));
    assertThat(last.start()).isCloseTo(0.9, within(1e-6));
    assertThat(last.end()).isCloseTo(1, within(1e-6));
  }

  @Test
  void isUnknownOfAModelThatReportsNoProbabilities() {
    Answer answer = new Answer(List.of(), List.of(), TEXT, Answer.End.COMPLETE, 0, List.of());
    assertThat(EventAnswerParser.events(TEXT, 10_000_000).weighed(answer).events())
        .allSatisfy(event -> assertThat(event.likelihood()).isEmpty());
  }
}
