package io.chronoscope.analysis.window;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.analysis.window.EventAnswer.ParsedBox;
import io.chronoscope.analysis.window.EventAnswer.ParsedEvent;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
            new ParsedEvent(1_500_000, 4_000_000, "A red circle moves left.", false),
            new ParsedEvent(6_000_000, 7_125_000, "The light goes off.", false));
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
        .containsExactly(new ParsedEvent(3_723_500_000L, 7_500_000_000L, "x", false));
  }

  @Test
  void cutsAnEndBeyondWhatWasShown() {
    EventAnswer answer =
        parse("[{\"start_time\":\"00:08.00\",\"end_time\":\"00:12.00\",\"description\":\"x\"}]");
    assertThat(answer.events())
        .containsExactly(new ParsedEvent(8_000_000, TEN_SECONDS, "x", false));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a red circle moves | not JSON",
        "{\"start_time\":\"00:01.00\"} | event 1: has no end_time",
        "[1] | event 1: not a JSON object",
        "[{\"start_time\":\"00:01.00\",\"end_time\":\"00:02.00\"}] | event 1: has no description",
        "[{\"start_time\":true,\"end_time\":\"00:02.00\",\"description\":\"x\"}] | start_time is not a string",
        "[{\"start_time\":-1,\"end_time\":\"00:02.00\",\"description\":\"x\"}] | start_time is -1 seconds",
        "[{\"start_time\":\"1 m\",\"end_time\":\"00:02.00\",\"description\":\"x\"}] | '1 m' is not a time",
        "[{\"start\":1,\"begin\":2,\"end_time\":\"00:02.00\",\"description\":\"x\"}] | has start and begin for start_time",
        "[{\"start_time\":\"00:71.00\",\"end_time\":\"00:72.00\",\"description\":\"x\"}] | '00:71.00' is not",
        "[{\"start_time\":\"00:03.00\",\"end_time\":\"00:02.00\",\"description\":\"x\"}] | ends before it starts",
        "[{\"start_time\":\"00:11.00\",\"end_time\":\"00:12.00\",\"description\":\"x\"}] | after the 10.00 s",
        "[{\"start_time\":\"00:01.00\",\"end_time\":\"00:02.00\",\"description\":\" \"}] | no description",
        "[{\"start_time\":\"00:01.00\",\"start_time\":\"00:01.00\",\"end_time\":\"00:02.00\",\"description\":\"x\"}] | Duplicate",
        "[{\"start_time\":\"00:01.00\",\"end_ti | not JSON",
      })
  void namesTheProblem(String json, String problem) {
    EventAnswer answer = parse(json);
    assertThat(answer.events()).isEmpty();
    assertThat(answer.problems()).singleElement().asString().contains(problem);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // trailing commas
        """
        ```json
        [{"start_time": "00:01.50", "end_time": "00:04.00", "description": "x",},]
        ```\
        """,
        // numbers as text, as numbers, with units, with a decimal comma, full-width
        """
        [{"start_time": "1.5", "end_time": "4.0 seconds", "description": "x"}]\
        """,
        """
        [{"start_time": 1.5, "end_time": 4, "description": "x"}]\
        """,
        """
        [{"start_time": "0:01,5", "end_time": "4s", "description": "x"}]\
        """,
        """
        [{"start_time": "００：０１．５", "end_time": "０４ｓ", "description": "x"}]\
        """,
        // fences: prose around, unclosed, only closed, another tag, none but prose
        """
        Here are the events:
        ```json
        [{"start_time": "00:01.50", "end_time": "00:04.00", "description": "x"}]
        ```
        I hope [this] helps {you}.\
        """,
        """
        ```json
        [{"start_time": "00:01.50", "end_time": "00:04.00", "description": "x"}]\
        """,
        """
        [{"start_time": "00:01.50", "end_time": "00:04.00", "description": "x"}]
        ```\
        """,
        """
        ```[{"start_time": "00:01.50", "end_time": "00:04.00", "description": "x"}]```\
        """,
        // an extra field, another name, another order
        """
        [{"id": 1, "start": "00:01.50", "end": "00:04.00", "event": "x"}]\
        """,
        // one object, objects in a row, several lists, a stray bracket
        """
        {"start_time": "00:01.50", "end_time": "00:04.00", "description": "x"}\
        """,
        """
        [] [{"start_time": "00:01.50", "end_time": "00:04.00", "description": "x"}]]\
        """,
        """
        {"start_time": "00:01.50", "end_time": "00:04.00", "description": "x"},
        {"start_time": "00:01.50", "end_time": "00:04.00", "description": "x"}\
        """,
        // single quotes, reasoning, full-width punctuation
        """
        [{'start_time': '00:01.50', 'end_time': '00:04.00', 'description': 'x'}]\
        """,
        """
        <think>[maybe]</think><answer>[{"start_time": "00:01.50", "end_time": "00:04.00",
        "description": "x"}]</answer>\
        """,
        """
        ［｛“start_time”：“00:01.50”，“end_time”：“00:04.00”，“description”：“x”｝］\
        """,
      })
  void repairsWhatHasOneMeaning(String text) {
    EventAnswer answer = EventAnswerParser.events(text, TEN_SECONDS);
    assertThat(answer.problems()).isEmpty();
    assertThat(answer.events()).containsExactly(new ParsedEvent(1_500_000, 4_000_000, "x", true));
    assertThat(answer.repairs()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "There are no events in this video.",
        "No objects.",
        "No events: []",
        "```json\n[]"
      })
  void readsAnEmptyAnswerInWords(String text) {
    EventAnswer answer = EventAnswerParser.events(text, TEN_SECONDS);
    assertThat(answer.problems()).isEmpty();
    assertThat(answer.events()).isEmpty();
    assertThat(answer.repairs()).isNotEmpty();
  }

  @Test
  void keepsTheWholeEntriesOfAnAnswerThatIsCutOff() {
    EventAnswer answer =
        EventAnswerParser.events(
            """
            ```json
            [{"start_time":"00:01.00","end_time":"00:02.00","description":"x"},
             {"start_time":"00:05.00","end_ti\
            """,
            TEN_SECONDS);
    assertThat(answer.events()).extracting(ParsedEvent::description).containsExactly("x");
    assertThat(answer.problems()).singleElement().asString().startsWith("not JSON");
  }

  @Test
  void keepsTheValidNeighborsOfAMalformedEvent() {
    EventAnswer answer =
        parse(
            """
            [{"start_time":"00:01.00","end_time":"00:02.00","description":"x"},
             {"start_time":"00:05.00","end_time":"00:04.00","description":"y"}]\
            """);
    assertThat(answer.events()).containsExactly(new ParsedEvent(1_000_000, 2_000_000, "x", false));
    assertThat(answer.problems()).containsExactly("event 2: ends before it starts");
  }

  @Test
  void readsTheBoxesOfAnEvent() {
    EventAnswer answer =
        parse(
            """
            [{"start_time": "00:01.00", "end_time": "00:03.00", "description": "x", "boxes": [
               {"time": "00:01.50", "bbox_2d": [10, 20, 110.5, 220]},
               {"time": "00:02.00", "bbox_2d": [12, 20, 112, 220]}]}]\
            """);
    assertThat(answer.repairs()).isEmpty();
    assertThat(answer.events())
        .singleElement()
        .satisfies(event -> {
          assertThat(event.repaired()).isFalse();
          assertThat(event.boxes())
              .containsExactly(
                  new ParsedBox(1_500_000, 10, 20, 110.5, 220),
                  new ParsedBox(2_000_000, 12, 20, 112, 220));
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"boxes\": {\"time\": \"00:01.50\", \"bbox_2d\": [1, 2, 3, 4]}",
        "\"boxes\": [{\"timestamp\": 1.5, \"bbox\": [1, 2, 3, 4]}]",
        "\"boxes\": [{\"time\": \"1.5 s\", \"bbox_2d\": [1, 2, 3, 4]}, {\"bbox_2d\": [1, 2, 3, 4]}]",
        "\"time\": \"00:01.50\", \"bbox_2d\": [1, 2, 3, 4]",
        "\"bboxes\": [{\"time\": \"00:01.50\", \"bbox_2d\": [1, 2, 3, 4], \"label\": \"x\"}]"
      })
  void readsBoxesInOtherForms(String field) {
    EventAnswer answer =
        parse(
            "[{\"start_time\": \"00:01.00\", \"end_time\": \"00:03.00\", \"description\": \"x\", "
                + field
                + "}]");
    assertThat(answer.problems()).isEmpty();
    assertThat(answer.repairs()).isNotEmpty();
    assertThat(answer.events())
        .singleElement()
        .satisfies(event ->
            assertThat(event.boxes()).containsExactly(new ParsedBox(1_500_000, 1, 2, 3, 4)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[{\"bbox_2d\": [1, 2, 3, 4]}]",
        "[{\"time\": \"later\", \"bbox_2d\": [1, 2, 3, 4]}]",
        "[{\"time\": \"00:01.50\", \"bbox_2d\": [1, 2, 3]}]",
        "[{\"time\": \"00:01.50\", \"bbox_2d\": [3, 2, 1, 4]}]",
        "[{\"time\": \"00:01.50\", \"bbox_2d\": [1, 2, 3, \"4\"]}]",
        "\"all over the picture\""
      })
  void keepsTheEventOfABoxThatHasNoCertainMeaning(String boxes) {
    EventAnswer answer =
        parse(
            "[{\"start_time\": \"00:01.00\", \"end_time\": \"00:03.00\", \"description\": \"x\", \"boxes\": "
                + boxes
                + "}]");
    assertThat(answer.problems()).isEmpty();
    assertThat(answer.events()).containsExactly(new ParsedEvent(1_000_000, 3_000_000, "x", true));
  }

  @Test
  void parsesBothGroundingForms() {
    ParsedEvent event = new ParsedEvent(2_000_000, 4_500_000, "a dog", false);
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "The event happens from 2.0s to 4.5s.",
        "It occurs between 00:02.00 and 00:04.50 of the video.",
        "2.0 – 4.5 seconds",
        "<answer>00:02.00 to 00:04.50</answer>",
        "{\"start_time\": 2, \"end_time\": \"4.5\"}",
        "The event happens in ２．０ - ４．５ seconds",
      })
  void findsTheSpanInOtherWordings(String text) {
    EventAnswer answer = EventAnswerParser.grounding(text, "a dog", TEN_SECONDS);
    assertThat(answer.problems()).isEmpty();
    assertThat(answer.events())
        .containsExactly(new ParsedEvent(2_000_000, 4_500_000, "a dog", true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "I see 2 to 3 dogs.",
        "The score is 4 - 2.",
        "Yes.",
        "",
        "It never happens.",
        "5 - 4 s"
      })
  void takesNoOtherNumbersForASpan(String text) {
    EventAnswer answer = EventAnswerParser.grounding(text, "a dog", TEN_SECONDS);
    assertThat(answer.events()).isEmpty();
    assertThat(answer.problems()).hasSize(1);
  }

  /// A grammar of answers in the forms that models really use: whatever the writer does to the
  /// form, the events are those that it wrote.
  @RepeatedTest(20)
  void readsTheSameEventsInEveryForm() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 100; i++) {
      List<ParsedEvent> events = AnswerForms.events(random, TEN_SECONDS);
      String text = AnswerForms.write(events, random);
      EventAnswer answer = EventAnswerParser.events(text, TEN_SECONDS);
      assertThat(answer.problems()).as("seed %d: %s", seed, text).isEmpty();
      assertThat(answer.events())
          .as("seed %d: %s", seed, text)
          .usingRecursiveFieldByFieldElementComparatorIgnoringFields("repaired")
          .isEqualTo(events);
    }
  }

  /// Any damage gives events of the original or problems, but no exception.
  @RepeatedTest(20)
  void survivesAnyDamage() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 100; i++) {
      List<ParsedEvent> events = AnswerForms.events(random, TEN_SECONDS);
      String text = AnswerForms.damage(AnswerForms.write(events, random), random);
      EventAnswer answer = EventAnswerParser.events(text, TEN_SECONDS);
      assertThat(answer.events())
          .as("seed %d: %s", seed, text)
          .allSatisfy(event -> {
            assertThat(event.startMicros()).isBetween(0L, TEN_SECONDS);
            assertThat(event.endMicros()).isBetween(event.startMicros(), TEN_SECONDS);
          });
      EventAnswer grounded = EventAnswerParser.grounding(text, "x", TEN_SECONDS);
      assertThat(grounded.events().isEmpty())
          .as("seed %d: %s", seed, text)
          .isEqualTo(!grounded.problems().isEmpty());
    }
  }
}
