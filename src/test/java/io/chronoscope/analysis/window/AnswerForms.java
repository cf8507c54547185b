package io.chronoscope.analysis.window;

import io.chronoscope.analysis.window.EventAnswer.ParsedEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/// Writes events as models really write them: a grammar of answers whose meaning is certain.
final class AnswerForms {

  private static final List<String> WORDS =
      List.of(
          "a red circle",
          "the dog [left]",
          "{braces}",
          "it's \\\"quoted\\\"",
          "钱 moves, then stops");
  private static final List<String> BEFORE =
      List.of(
          "", "Here are the events:\n", "Sure! I see some [things].\n", "<think>a {b</think>\n");
  private static final List<String> AFTER =
      List.of("", "\nLet me know [if] you need more.", "\n\n", " ");
  private static final List<String> OPENINGS = List.of("", "```json\n", "```\n", "```JSON ", "");
  private static final List<String> CLOSINGS = List.of("", "\n```", "```", "");

  private AnswerForms() {}

  static List<ParsedEvent> events(Random random, long shownMicros) {
    List<ParsedEvent> events = new ArrayList<>();
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      long start = random.nextLong(shownMicros / 250_000) * 250_000;
      long end = start + random.nextLong((shownMicros - start) / 250_000 + 1) * 250_000;
      events.add(
          new ParsedEvent(start, end, pick(WORDS, random).replace("\\", "") + " " + i, false));
    }
    return events;
  }

  static String write(List<ParsedEvent> events, Random random) {
    List<String> entries = new ArrayList<>();
    events.forEach(event -> entries.add(entry(event, random)));
    String list =
        switch (random.nextInt(4)) {
          case 0 -> String.join(",\n", entries);
          case 1 -> "[" + String.join("]\n[", entries) + "]";
          case 2 -> "[\n" + String.join(",\n", entries) + ",\n]";
          default -> "[" + String.join(", ", entries) + "]";
        };
    return pick(BEFORE, random)
        + pick(OPENINGS, random)
        + list
        + pick(CLOSINGS, random)
        + pick(AFTER, random);
  }

  private static String entry(ParsedEvent event, Random random) {
    List<String> fields = new ArrayList<>();
    fields.add(
        "\"%s\": %s"
            .formatted(name(random, "start_time", "start"), time(event.startMicros(), random)));
    fields.add(
        "\"%s\": %s".formatted(name(random, "end_time", "end"), time(event.endMicros(), random)));
    fields.add(
        "\"%s\": \"%s\""
            .formatted(
                name(random, "description", "event"), event.description().replace("\"", "\\\"")));
    if (random.nextInt(4) == 0) {
      fields.add("\"score\": 0.9");
    }
    Collections.shuffle(fields, random);
    return "{" + String.join(", ", fields) + (random.nextInt(4) == 0 ? ",}" : "}");
  }

  private static String name(Random random, String expected, String other) {
    return random.nextInt(3) == 0 ? other : expected;
  }

  private static String time(long micros, Random random) {
    long hundredths = micros / 10_000;
    String clock =
        "%02d:%02d.%02d".formatted(hundredths / 6000, hundredths / 100 % 60, hundredths % 100);
    String seconds = "%d.%02d".formatted(hundredths / 100, hundredths % 100);
    return switch (random.nextInt(5)) {
      case 0 -> seconds;
      case 1 -> "\"" + seconds + "\"";
      case 2 -> "\"" + seconds + " s\"";
      case 3 -> "\"00:" + clock + "\"";
      default -> "\"" + clock + "\"";
    };
  }

  /// Removes, doubles or exchanges a few characters, or cuts the text off.
  static String damage(String text, Random random) {
    StringBuilder damaged = new StringBuilder(text);
    for (int i = 0; i < 1 + random.nextInt(4) && !damaged.isEmpty(); i++) {
      int at = random.nextInt(damaged.length());
      switch (random.nextInt(4)) {
        case 0 -> damaged.deleteCharAt(at);
        case 1 -> damaged.insert(at, damaged.charAt(at));
        case 2 -> damaged.setCharAt(at, "[]{}\",:0`".charAt(random.nextInt(9)));
        default -> damaged.setLength(at);
      }
    }
    return damaged.toString();
  }

  private static String pick(List<String> choices, Random random) {
    return choices.get(random.nextInt(choices.size()));
  }
}
