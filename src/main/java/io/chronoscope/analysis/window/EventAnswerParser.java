package io.chronoscope.analysis.window;

import com.fasterxml.jackson.databind.JsonNode;
import io.chronoscope.analysis.window.EventAnswer.ParsedEvent;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Parses the model's answers about events: a JSON list of
/// `{"start_time","end_time","description"}` with times as `mm:ss.ff`, or the one sentence of a
/// grounding answer. An event may have [AnswerBoxes]. An answer in another form is repaired where
/// its meaning is certain, and its events say so. Every other deviation becomes a problem that
/// names its position; nothing is guessed.
final class EventAnswerParser {

  private static final String START = "start_time";
  private static final String END = "end_time";
  private static final String DESCRIPTION = "description";
  private static final Set<String> FIELDS = new TreeSet<>(List.of(DESCRIPTION, END, START));

  /// Names that models use instead of those that the prompt asks for.
  private static final Map<String, List<String>> ALIASES =
      Map.of(
          START, List.of(START, "start", "begin", "begin_time", "from", "start_timestamp"),
          END, List.of(END, "end", "stop", "finish", "to", "end_timestamp"),
          DESCRIPTION,
              List.of(DESCRIPTION, "event", "caption", "label", "activity", "sub_label", "text"));

  private static final Pattern EXPECTED_SENTENCE =
      Pattern.compile(
          "\\A\\s*The (?:event|given query) happens in ([0-9:]+(?:\\.\\d+)?) - ([0-9:]+(?:\\.\\d+)?)(?: seconds)?\\.?\\s*\\z");
  private static final String UNIT = "\\s*(?:s|secs?|seconds?)\\b";
  private static final Pattern SPAN =
      Pattern.compile(
          "(?<!\\d)(?<lead>(?:happens|occurs|takes place|from|between|in|at)(?: in| from| between| at)?\\s+)?"
              + "(?<start>"
              + AnswerTime.FORM
              + ")(?<unit>"
              + UNIT
              + ")?"
              + "\\s*(?:-|–|—|~|to|until|till|and)\\s*"
              + "(?<end>"
              + AnswerTime.FORM
              + ")(?<endUnit>"
              + UNIT
              + ")?(?!\\d)",
          Pattern.CASE_INSENSITIVE);

  private EventAnswerParser() {}

  /// Parses the answer to the question for all events.
  ///
  /// @param shownMicros length of the video; an event must start within it
  static EventAnswer events(String text, long shownMicros) {
    AnswerJson json = AnswerJson.of(text);
    List<ParsedEvent> events = new ArrayList<>();
    List<String> problems = new ArrayList<>(json.problems());
    Set<String> repairs = new TreeSet<>(json.repairs());
    for (int i = 0; i < json.entries().size(); i++) {
      try {
        ParsedEvent event = event(json.entries().get(i), shownMicros, !json.repairs().isEmpty());
        if (events.stream().anyMatch(event::sameAs)) {
          repairs.add("an event repeated word for word");
        } else {
          events.add(event);
        }
      } catch (IllegalArgumentException e) {
        problems.add("event " + (i + 1) + ": " + e.getMessage());
      }
    }
    if (json.repairs().isEmpty() && events.stream().anyMatch(ParsedEvent::repaired)) {
      repairs.add("fields or times in another form");
    }
    return new EventAnswer(events, problems, List.copyOf(repairs));
  }

  /// Parses the answer to the question when `query` happens.
  static EventAnswer grounding(String text, String query, long shownMicros) {
    try {
      Matcher expected = EXPECTED_SENTENCE.matcher(text);
      if (expected.matches()) {
        return new EventAnswer(
            List.of(event(expected.group(1), expected.group(2), query, shownMicros, false)),
            List.of(),
            List.of());
      }
      List<ParsedEvent> spans = spans(text, query, shownMicros);
      return spans.isEmpty()
          ? EventAnswer.malformed("not of the form 'The event happens in mm:ss.ff - mm:ss.ff.'")
          : new EventAnswer(spans, List.of(), List.of("a span in another form"));
    } catch (IllegalArgumentException e) {
      return EventAnswer.malformed(String.valueOf(e.getMessage()));
    }
  }

  /// Finds the spans that prose states or a JSON list holds. Two numbers in prose are a span only
  /// if they are clock times, have a unit, or follow a word that introduces times.
  private static List<ParsedEvent> spans(String text, String query, long shownMicros) {
    String prose = Normalizer.normalize(text, Normalizer.Form.NFKC);
    AnswerJson json = AnswerJson.of(text);
    if (!json.entries().isEmpty() && json.problems().isEmpty()) {
      return json.entries().stream().map(entry -> span(entry, query, shownMicros)).toList();
    }
    List<ParsedEvent> spans = new ArrayList<>();
    Matcher span = SPAN.matcher(prose);
    while (span.find()) {
      boolean clocks = span.group("start").contains(":") && span.group("end").contains(":");
      if (clocks || span.group("endUnit") != null || span.group("lead") != null) {
        spans.add(event(span.group("start"), span.group("end"), query, shownMicros, true));
      }
    }
    return spans;
  }

  private static ParsedEvent span(JsonNode entry, String query, long shownMicros) {
    return event(
        AnswerTime.of(START, required(entry, START)).micros(),
        AnswerTime.of(END, required(entry, END)).micros(),
        query,
        shownMicros,
        true);
  }

  private static ParsedEvent event(JsonNode node, long shownMicros, boolean repaired) {
    if (!node.isObject()) {
      throw new IllegalArgumentException("not a JSON object");
    }
    Set<String> fields = new TreeSet<>();
    node.fieldNames().forEachRemaining(fields::add);
    fields.remove(AnswerBoxes.BOXES);
    AnswerTime start = AnswerTime.of(START, required(node, START));
    AnswerTime end = AnswerTime.of(END, required(node, END));
    JsonNode description = required(node, DESCRIPTION);
    if (!description.isTextual()) {
      throw new IllegalArgumentException("description is not a string");
    }
    return event(
            start.micros(),
            end.micros(),
            description.textValue(),
            shownMicros,
            repaired || !fields.equals(FIELDS) || !start.expectedForm() || !end.expectedForm())
        .withBoxes(AnswerBoxes.of(node));
  }

  private static ParsedEvent event(
      String start, String end, String description, long shownMicros, boolean repaired) {
    return event(
        AnswerTime.of(start).micros(),
        AnswerTime.of(end).micros(),
        description,
        shownMicros,
        repaired);
  }

  private static ParsedEvent event(
      long startMicros, long endMicros, String description, long shownMicros, boolean repaired) {
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
    return new ParsedEvent(
        startMicros, Math.min(endMicros, shownMicros), description.strip(), repaired);
  }

  /// @throws IllegalArgumentException if the field is missing, or two of its names are used
  private static JsonNode required(JsonNode node, String field) {
    List<Entry<String, JsonNode>> found =
        node.properties().stream()
            .filter(property ->
                Optional.ofNullable(ALIASES.get(field)).orElseThrow().contains(property.getKey()))
            .toList();
    Optional<Entry<String, JsonNode>> exact =
        found.stream().filter(property -> property.getKey().equals(field)).findFirst();
    if (exact.isEmpty() && found.size() > 1) {
      throw new IllegalArgumentException(
          "has " + found.get(0).getKey() + " and " + found.get(1).getKey() + " for " + field);
    }
    if (found.isEmpty()) {
      throw new IllegalArgumentException("has no " + field);
    }
    return exact.orElse(found.getFirst()).getValue();
  }
}
