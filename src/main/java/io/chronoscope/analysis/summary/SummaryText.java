package io.chronoscope.analysis.summary;

import io.chronoscope.analysis.summary.Summarizer.Part;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/// Joins texts so that they can be read: a line for each part, without what the part before has
/// said already (windows overlap), none of them longer than its share.
final class SummaryText {

  /// Characters of a joined text at most.
  static final int MAX_TEXT = 4000;

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
              .filter(sentence -> known.stream().noneMatch(old -> saysTheSame(old, sentence)))
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
    int share = Math.max(40, MAX_TEXT / lines.size() - 1);
    List<String> clipped = lines.stream().map(line -> clipped(line.line(), share)).toList();
    return clipped(String.join("\n", clipped), MAX_TEXT);
  }

  private static boolean saysTheSame(String one, String other) {
    return one.equalsIgnoreCase(other);
  }

  /// Each begins with a capital and ends with a stop, however it stood in its text.
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
    String capital = words.substring(0, first).toUpperCase(java.util.Locale.ROOT);
    String rest = words.substring(first);
    char last = words.charAt(words.length() - 1);
    boolean stops = ".!?…:".indexOf(last) >= 0;
    return capital + rest + (stops ? "" : ".");
  }

  /// Cut between words.
  static String clipped(String text, int most) {
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

  /// What was cut off in the middle of a sentence ends before it; empty when nothing is left.
  static String upToLastSentence(String text) {
    int end =
        Math.max(text.lastIndexOf('.'), Math.max(text.lastIndexOf('!'), text.lastIndexOf('?')));
    return text.substring(0, end + 1);
  }

  /// `mm:ss`; minutes go on counting.
  static String clock(long micros) {
    long seconds = Math.round(micros / 1e6);
    return "%02d:%02d".formatted(seconds / 60, seconds % 60);
  }
}
