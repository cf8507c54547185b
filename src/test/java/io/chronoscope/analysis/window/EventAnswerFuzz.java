package io.chronoscope.analysis.window;

import static io.chronoscope.fuzz.Invariants.require;
import static io.chronoscope.fuzz.Invariants.requireText;

import io.chronoscope.analysis.window.EventAnswer.ParsedEvent;
import java.nio.charset.StandardCharsets;

/// Fuzz target: a model's answer, to either question. Events lie within the video and have words.
public final class EventAnswerFuzz {

  private static final long SHOWN_MICROS = 20_000_000;

  private EventAnswerFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    check(EventAnswerParser.events(text, SHOWN_MICROS));
    check(EventAnswerParser.grounding(text, "a door opens", SHOWN_MICROS));
  }

  private static void check(EventAnswer answer) {
    for (ParsedEvent event : answer.events()) {
      require(
          event.startMicros() >= 0
              && event.startMicros() < SHOWN_MICROS
              && event.startMicros() <= event.endMicros()
              && event.endMicros() <= SHOWN_MICROS,
          "outside of the video: " + event);
      require(!event.description().isBlank(), "an event without words");
    }
    answer.problems().forEach(problem -> requireText(problem));
    answer.repairs().forEach(repair -> requireText(repair));
  }
}
