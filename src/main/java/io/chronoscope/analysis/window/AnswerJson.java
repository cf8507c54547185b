package io.chronoscope.analysis.window;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The entries of a JSON list in a model's answer.
///
/// The expected form is one fenced or bare array. Anything else is read leniently as long as its
/// meaning is certain: prose around the list, stray or missing fences, trailing commas, single
/// quotes, full-width punctuation, one object instead of a list, several lists in a row.
///
/// @param entries the objects of the list, in order
/// @param repairs how the answer deviates from the expected form; empty if it does not
/// @param problems what could not be read; the entries before it are kept
record AnswerJson(List<JsonNode> entries, List<String> repairs, List<String> problems) {

  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final JsonMapper LENIENT =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(
              JsonReadFeature.ALLOW_TRAILING_COMMA,
              JsonReadFeature.ALLOW_SINGLE_QUOTES,
              JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES,
              JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS,
              JsonReadFeature.ALLOW_LEADING_DECIMAL_POINT_FOR_NUMBERS)
          .build();

  private static final Pattern FENCE =
      Pattern.compile("\\A\\s*```json\\s*\\n(.*?)```\\s*\\z", Pattern.DOTALL);
  private static final Pattern FENCE_MARK = Pattern.compile("```\\w*");
  // Fine-tuned models think aloud before they answer.
  private static final Pattern THOUGHT =
      Pattern.compile("<think>.*?</think>", Pattern.DOTALL | Pattern.CASE_INSENSITIVE);
  private static final Pattern ANSWER =
      Pattern.compile(
          "<answer>(?!.*<answer>)(.*?)(?:</answer>|\\z)",
          Pattern.DOTALL | Pattern.CASE_INSENSITIVE);
  private static final Pattern NOTHING =
      Pattern.compile(
          "\\A(?:there (?:are|is|were|was) )?(?:no|not any) [\\w ]*(?:events?|objects?)"
              + "(?: (?:in|to|that|is|are|was|were)\\b[\\w ]*)?[.!]?\\z"
              + "|\\Anothing (?:happens|happened|occurs|is visible|can be seen)[\\w ]*[.!]?\\z",
          Pattern.CASE_INSENSITIVE);

  private static final Map<Character, Character> FULL_WIDTH =
      Map.ofEntries(
          Map.entry('［', '['),
          Map.entry('【', '['),
          Map.entry('］', ']'),
          Map.entry('】', ']'),
          Map.entry('｛', '{'),
          Map.entry('｝', '}'),
          Map.entry('：', ':'),
          Map.entry('，', ','),
          Map.entry('“', '"'),
          Map.entry('”', '"'),
          Map.entry('＂', '"'));

  AnswerJson {
    entries = List.copyOf(entries);
    repairs = List.copyOf(repairs);
    problems = List.copyOf(problems);
  }

  static AnswerJson of(String text) {
    Matcher fence = FENCE.matcher(text);
    String json = fence.matches() ? fence.group(1) : text.strip();
    String problem;
    try {
      JsonNode root = STRICT.readTree(json);
      if (root != null && root.isArray()) {
        return new AnswerJson(elements(root), List.of(), List.of());
      }
      problem = "not a JSON array";
    } catch (JsonProcessingException e) {
      problem = "not JSON: " + e.getOriginalMessage();
    }
    return leniently(text, problem);
  }

  private static AnswerJson leniently(String text, String problem) {
    String answer = unwrapped(text);
    if (NOTHING.matcher(answer).matches()) {
      return new AnswerJson(List.of(), List.of("words instead of an empty list"), List.of());
    }
    Scan scan = new Scan(answer);
    if (!scan.foundList) {
      String ascii = withAsciiPunctuation(answer);
      if (!ascii.equals(answer)) {
        scan = new Scan(ascii);
      }
    }
    if (!scan.foundList) {
      return new AnswerJson(List.of(), List.of(), List.of(problem));
    }
    List<String> repairs = scan.problems.isEmpty() ? List.of(problem) : List.of();
    return new AnswerJson(scan.entries, repairs, scan.problems);
  }

  /// The part that answers, without fences and without the reasoning before it.
  private static String unwrapped(String text) {
    String withoutThoughts = THOUGHT.matcher(text).replaceAll(" ");
    Matcher answer = ANSWER.matcher(withoutThoughts);
    String body = answer.find() ? answer.group(1) : withoutThoughts;
    return FENCE_MARK.matcher(body).replaceAll(" ").strip();
  }

  private static String withAsciiPunctuation(String text) {
    StringBuilder ascii = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      ascii.append(FULL_WIDTH.getOrDefault(c, c));
    }
    return ascii.toString();
  }

  private static List<JsonNode> elements(JsonNode array) {
    List<JsonNode> elements = new ArrayList<>();
    array.forEach(elements::add);
    return elements;
  }

  /// Collects all objects, and the objects of all lists, that stand in a text one after another.
  private static final class Scan {

    private static final Pattern ENTRY = Pattern.compile("\\[?\\s*\\{\\s*[\"'\\w]+\\s*:");

    private final List<JsonNode> entries = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private boolean foundList;

    Scan(String text) {
      int at = nextValue(text, 0);
      while (at >= 0) {
        at = nextValue(text, at + read(text.substring(at)));
      }
    }

    private static int nextValue(String text, int from) {
      for (int i = from; i < text.length(); i++) {
        if (text.charAt(i) == '[' || text.charAt(i) == '{') {
          return i;
        }
      }
      return -1;
    }

    /// Reads one value, or nothing if brackets only belong to prose.
    ///
    /// @return how many characters were consumed, at least 1
    private int read(String text) {
      int before = entries.size();
      try (JsonParser parser = LENIENT.createParser(text)) {
        boolean list = parser.nextToken() == JsonToken.START_ARRAY;
        try {
          if (list) {
            readList(parser, before);
          } else {
            entries.add(parser.readValueAsTree());
          }
          foundList = true;
          return Math.max(1, (int) parser.currentLocation().getCharOffset());
        } catch (JsonProcessingException e) {
          if (entries.size() == before && !looksLikeEntry(text)) {
            return 1;
          }
          foundList = true;
          problems.add("not JSON: " + e.getOriginalMessage());
          return text.length();
        }
      } catch (IOException e) {
        throw new IllegalStateException("reading a string failed", e);
      }
    }

    private void readList(JsonParser parser, int before) throws IOException {
      JsonToken token = parser.nextToken();
      while (token != JsonToken.END_ARRAY) {
        if (token != JsonToken.START_OBJECT) {
          throw new JsonParseException(
              parser, "entry " + (entries.size() - before + 1) + " of a list is not an object");
        }
        entries.add(parser.readValueAsTree());
        token = parser.nextToken();
      }
    }

    /// Whether a bracket opens an entry with a field: prose has brackets, too.
    private static boolean looksLikeEntry(String text) {
      return ENTRY.matcher(text).lookingAt();
    }
  }
}
