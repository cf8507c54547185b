package io.chronoscope.analysis.window;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.chronoscope.analysis.window.EventAnswer.ParsedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Parses the model's answers strictly: a JSON array of `{"start_time","end_time","description"}`
/// with times as `mm:ss.ff`, fenced or bare, or the one sentence of a grounding answer. Every
/// deviation becomes a problem that names its position; nothing is guessed.
final class EventAnswerParser {

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final Pattern FENCE =
      Pattern.compile("\\A\\s*```json\\s*\\n(.*?)```\\s*\\z", Pattern.DOTALL);
  // Beyond an hour, training answers either keep counting minutes or put hours in front.
  private static final Pattern TIME =
      Pattern.compile("(?:(\\d{1,2}):)?(\\d{1,3}):([0-5]\\d)(?:\\.(\\d{1,3}))?");
  private static final Pattern GROUNDED =
      Pattern.compile(
          "\\A\\s*The (?:event|given query) happens in ([0-9:]+(?:\\.\\d+)?) - ([0-9:]+(?:\\.\\d+)?)(?: seconds)?\\.?\\s*\\z");
  private static final Set<String> FIELDS =
      new TreeSet<>(List.of("description", "end_time", "start_time"));

  private EventAnswerParser() {}

  /// Parses the answer to the question for all events.
  ///
  /// @param shownMicros length of the video; an event must start within it
  static EventAnswer events(String text, long shownMicros) {
    Matcher fence = FENCE.matcher(text);
    String json = fence.matches() ? fence.group(1) : text.strip();
    JsonNode root;
    try {
      root = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      return EventAnswer.malformed("not JSON: " + e.getOriginalMessage());
    }
    if (root == null || !root.isArray()) {
      return EventAnswer.malformed("not a JSON array");
    }
    List<ParsedEvent> events = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < root.size(); i++) {
      try {
        events.add(event(root.get(i), shownMicros));
      } catch (IllegalArgumentException e) {
        problems.add("event " + (i + 1) + ": " + e.getMessage());
      }
    }
    return new EventAnswer(events, problems);
  }

  /// Parses the answer to the question when `query` happens.
  static EventAnswer grounding(String text, String query, long shownMicros) {
    Matcher grounded = GROUNDED.matcher(text);
    if (!grounded.matches()) {
      return EventAnswer.malformed("not of the form 'The event happens in mm:ss.ff - mm:ss.ff.'");
    }
    try {
      ParsedEvent event =
          event(seconds(grounded.group(1)), seconds(grounded.group(2)), query, shownMicros);
      return new EventAnswer(List.of(event), List.of());
    } catch (IllegalArgumentException e) {
      return EventAnswer.malformed(String.valueOf(e.getMessage()));
    }
  }

  private static ParsedEvent event(JsonNode node, long shownMicros) {
    if (!node.isObject()) {
      throw new IllegalArgumentException("not a JSON object");
    }
    Set<String> fields = new TreeSet<>();
    node.fieldNames().forEachRemaining(fields::add);
    if (!fields.equals(FIELDS)) {
      throw new IllegalArgumentException("has the fields " + fields + " instead of " + FIELDS);
    }
    return event(
        clock(textOf(node, "start_time")),
        clock(textOf(node, "end_time")),
        textOf(node, "description"),
        shownMicros);
  }

  private static ParsedEvent event(
      long startMicros, long endMicros, String description, long shownMicros) {
    if (endMicros < startMicros) {
      throw new IllegalArgumentException("ends before it starts");
    }
    if (startMicros >= shownMicros) {
      throw new IllegalArgumentException(
          "starts at %.2f s, after the %.2f s that were shown"
              .formatted(startMicros / 1e6, shownMicros / 1e6));
    }
    if (description.isBlank()) {
      throw new IllegalArgumentException("has no description");
    }
    // An end beyond the last frame means "still in progress": cut it to what was shown.
    return new ParsedEvent(startMicros, Math.min(endMicros, shownMicros), description.strip());
  }

  private static String textOf(JsonNode node, String field) {
    JsonNode value = node.get(field);
    if (!value.isTextual()) {
      throw new IllegalArgumentException(field + " is not a string");
    }
    return value.textValue();
  }

  private static long clock(String time) {
    OptionalLong micros = parseClock(time);
    if (micros.isEmpty()) {
      throw new IllegalArgumentException("'" + time + "' is not a time of the form mm:ss.ff");
    }
    return micros.getAsLong();
  }

  private static long seconds(String time) {
    if (time.matches("\\d{1,6}(\\.\\d{1,3})?")) {
      return Math.round(Double.parseDouble(time) * 1e6);
    }
    return clock(time);
  }

  private static OptionalLong parseClock(String time) {
    Matcher parts = TIME.matcher(time);
    if (!parts.matches()) {
      return OptionalLong.empty();
    }
    long hours = parts.group(1) == null ? 0 : Long.parseLong(parts.group(1));
    long seconds =
        hours * 3600 + Long.parseLong(parts.group(2)) * 60 + Long.parseLong(parts.group(3));
    String fraction = parts.group(4) == null ? "" : parts.group(4);
    long micros = Long.parseLong((fraction + "000000").substring(0, 6));
    return OptionalLong.of(seconds * 1_000_000 + micros);
  }
}
