package io.chronoscope.analysis.window;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.analysis.window.EventAnswer.ParsedEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventAnswerParserTest {

  private static final long TEN_SECONDS = 10_000_000;

  private static EventAnswer parse(String json) {
    return EventAnswerParser.events("```json\n" + json + "\n```", TEN_SECONDS);
  }

  @Test
  void parsesAFencedArray() {
    EventAnswer answer =
        parse(
            """
            [
            {"start_time": "00:01.50", "end_time": "00:04.00", "description": "A red circle moves left."},
            {"start_time": "00:06", "end_time": "00:07.125", "description": "The light goes off."}
            ]\
            """);
    assertThat(answer.problems()).isEmpty();
    assertThat(answer.events())
        .containsExactly(
            new ParsedEvent(1_500_000, 4_000_000, "A red circle moves left."),
            new ParsedEvent(6_000_000, 7_125_000, "The light goes off."));
  }

  @Test
  void parsesABareArrayAndAnEmptyOne() {
    assertThat(EventAnswerParser.events("[]", TEN_SECONDS))
        .isEqualTo(parse("[]"))
        .satisfies(answer -> assertThat(answer.isClean()).isTrue());
  }

  @Test
  void parsesHoursAndMinutesBeyondAnHour() {
    long fourHours = 4 * 3600 * 1_000_000L;
    EventAnswer answer =
        EventAnswerParser.events(
            """
            [{"start_time": "01:02:03.5", "end_time": "125:00.00", "description": "x"}]\
            """,
            fourHours);
    assertThat(answer.events())
        .containsExactly(new ParsedEvent(3_723_500_000L, 7_500_000_000L, "x"));
  }

  @Test
  void cutsAnEndBeyondWhatWasShown() {
    EventAnswer answer =
        parse("[{\"start_time\":\"00:08.00\",\"end_time\":\"00:12.00\",\"description\":\"x\"}]");
    assertThat(answer.events()).containsExactly(new ParsedEvent(8_000_000, TEN_SECONDS, "x"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "nothing happens | not JSON",
        "{\"start_time\":\"00:01.00\"} | not a JSON array",
        "[] [] | not JSON",
        "[1] | event 1: not a JSON object",
        "[{\"start_time\":\"00:01.00\",\"end_time\":\"00:02.00\"}] | event 1: has the fields",
        "[{\"start_time\":1,\"end_time\":\"00:02.00\",\"description\":\"x\"}] | start_time is not a string",
        "[{\"start_time\":\"1.0 s\",\"end_time\":\"00:02.00\",\"description\":\"x\"}] | '1.0 s' is not a time",
        "[{\"start_time\":\"00:71.00\",\"end_time\":\"00:72.00\",\"description\":\"x\"}] | '00:71.00' is not",
        "[{\"start_time\":\"00:03.00\",\"end_time\":\"00:02.00\",\"description\":\"x\"}] | ends before it starts",
        "[{\"start_time\":\"00:11.00\",\"end_time\":\"00:12.00\",\"description\":\"x\"}] | after the 10.00 s",
        "[{\"start_time\":\"00:01.00\",\"end_time\":\"00:02.00\",\"description\":\" \"}] | no description",
        "[{\"start_time\":\"00:01.00\",\"start_time\":\"00:01.00\",\"end_time\":\"00:02.00\",\"description\":\"x\"}] | Duplicate",
      })
  void namesTheProblem(String json, String problem) {
    EventAnswer answer = parse(json);
    assertThat(answer.events()).isEmpty();
    assertThat(answer.problems()).singleElement().asString().contains(problem);
  }

  @Test
  void keepsTheValidNeighborsOfAMalformedEvent() {
    EventAnswer answer =
        parse(
            """
            [{"start_time":"00:01.00","end_time":"00:02.00","description":"x"},
             {"start_time":"00:05.00","end_time":"00:04.00","description":"y"}]\
            """);
    assertThat(answer.events()).containsExactly(new ParsedEvent(1_000_000, 2_000_000, "x"));
    assertThat(answer.problems()).containsExactly("event 2: ends before it starts");
  }

  @Test
  void parsesBothGroundingForms() {
    ParsedEvent event = new ParsedEvent(2_000_000, 4_500_000, "a dog");
    assertThat(
            EventAnswerParser.grounding(
                    "The event happens in 00:02.00 - 00:04.50.", "a dog", TEN_SECONDS)
                .events())
        .containsExactly(event);
    assertThat(
            EventAnswerParser.grounding(
                    "The given query happens in 2.0 - 4.5 seconds.", "a dog", TEN_SECONDS)
                .events())
        .containsExactly(event);
    assertThat(EventAnswerParser.grounding("I see no dog.", "a dog", TEN_SECONDS).problems())
        .hasSize(1);
  }
}
