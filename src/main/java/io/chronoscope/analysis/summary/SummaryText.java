package io.chronoscope.analysis.summary;

import io.chronoscope.analysis.summary.Summarizer.Part;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// Joins texts without a model: one line per part, without the sentences that the previous part has
/// too (windows overlap), each line clipped to its share of the space.
final class SummaryText {

  /// Maximum length of a joined text, in characters.
  static final int MAX_CHARS = 4000;

  private static final Pattern OWN_TIMES =
      Pattern.compile("^\\d+:\\d\\d - \\d+:\\d\\d: ", Pattern.MULTILINE);
  private static final Pattern BETWEEN_SENTENCES =
      Pattern.compile("(?<=[.!?…])\\s+|;\\s+|,\\s+(?:and\\s+)?then\\s+|\\R");

  private SummaryText() {}

  static String join(List<Part> parts) {
    List<Part> lines = new ArrayList<>();
    List<String> before = List.of();
    for (Part part : parts) {
      List<String> sentences = sentences(part.text());
      List<String> known = before;
      List<String> fresh =
          sentences.stream()
              .filter(sentence -> known.stream().noneMatch(old -> isSame(old, sentence)))
              .toList();
      before = sentences;
      if (fresh.isEmpty() && !lines.isEmpty()) {
        Part last = lines.removeLast();
        lines.add(
            new Part(
                last.startMicros(), Math.max(last.endMicros(), part.endMicros()), last.text()));
      } else {
        lines.add(new Part(part.startMicros(), part.endMicros(), String.join(" ", fresh)));
      }
    }
    int share = Math.max(40, MAX_CHARS / lines.size() - 1);
    List<String> clipped = lines.stream().map(line -> clip(line.line(), share)).toList();
    return clip(String.join("\n", clipped), MAX_CHARS);
  }

  private static boolean isSame(String one, String other) {
    return one.equalsIgnoreCase(other);
  }

  /// The distinct sentences of a text, each with a capital at its start and punctuation at its end.
  private static List<String> sentences(String text) {
    return Arrays.stream(BETWEEN_SENTENCES.split(OWN_TIMES.matcher(text.strip()).replaceAll("")))
        .map(String::strip)
        .filter(sentence -> !sentence.isEmpty())
        .map(SummaryText::asSentence)
        .distinct()
        .toList();
  }

  private static String asSentence(String words) {
    int first = words.offsetByCodePoints(0, 1);
    String capital = words.substring(0, first).toUpperCase(Locale.ROOT);
    String rest = words.substring(first);
    char last = words.charAt(words.length() - 1);
    boolean stops = ".!?…:".indexOf(last) >= 0;
    return capital + rest + (stops ? "" : ".");
  }

  /// Clips a text between words, with an ellipsis, so that it has no more than `most` characters.
  static String clip(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    int space = text.lastIndexOf(' ', most - 1);
    int end = space > most / 2 ? space : most - 1;
    if (Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end).stripTrailing() + "…";
  }

  /// Drops an unfinished last sentence; empty when nothing is left.
  static String upToLastSentence(String text) {
    int end =
        Math.max(text.lastIndexOf('.'), Math.max(text.lastIndexOf('!'), text.lastIndexOf('?')));
    return text.substring(0, end + 1);
  }

  /// `mm:ss`; minutes keep counting beyond an hour.
  static String clock(long micros) {
    long seconds = Math.round(micros / 1e6);
    return "%02d:%02d".formatted(seconds / 60, seconds % 60);
  }
}
