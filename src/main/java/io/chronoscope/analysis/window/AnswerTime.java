package io.chronoscope.analysis.window;

import com.fasterxml.jackson.databind.JsonNode;
import java.text.Normalizer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A time in a model's answer, in microseconds from the first frame of the video.
///
/// The expected form is a string `mm:ss.ff`. Hours in front, a decimal comma, a number of seconds
/// with or without its unit, a JSON number and full-width digits have one meaning, too.
///
/// @param expectedForm whether the time has the expected form
record AnswerTime(long micros, boolean expectedForm) {

  /// A clock time or a number of seconds, without groups, to be part of larger expressions.
  static final String FORM =
      "(?:\\d{1,2}:)?\\d{1,3}:[0-5]\\d(?:[.,]\\d{1,6})?|\\d{1,6}(?:\\.\\d{1,6})?";

  // Beyond an hour, training answers either keep counting minutes or put hours in front.
  private static final Pattern CLOCK =
      Pattern.compile("(?:(\\d{1,2}):)?(\\d{1,3}):([0-5]\\d)(?:([.,])(\\d{1,6}))?");
  private static final Pattern SECONDS =
      Pattern.compile("(\\d{1,6}(?:\\.\\d{1,6})?)\\s*(?:s|sec|secs|second|seconds)?");

  /// @throws IllegalArgumentException if the value is no time, or could mean two
  static AnswerTime of(String field, JsonNode value) {
    if (value.isNumber()) {
      double seconds = value.doubleValue();
      if (!(seconds >= 0 && seconds < 1e6)) {
        throw new IllegalArgumentException(field + " is " + value.asText() + " seconds");
      }
      return new AnswerTime(Math.round(seconds * 1e6), false);
    }
    if (!value.isTextual()) {
      throw new IllegalArgumentException(field + " is not a string");
    }
    return of(value.textValue());
  }

  /// @throws IllegalArgumentException if the text is no time
  static AnswerTime of(String text) {
    String time = Normalizer.normalize(text, Normalizer.Form.NFKC).strip();
    boolean unchanged = time.equals(text);
    Matcher clock = CLOCK.matcher(time);
    if (clock.matches()) {
      long hours = clock.group(1) == null ? 0 : Long.parseLong(clock.group(1));
      long seconds =
          hours * 3600 + Long.parseLong(clock.group(2)) * 60 + Long.parseLong(clock.group(3));
      String fraction = clock.group(5) == null ? "" : clock.group(5);
      long micros = Long.parseLong((fraction + "000000").substring(0, 6));
      return new AnswerTime(seconds * 1_000_000 + micros, unchanged && !",".equals(clock.group(4)));
    }
    Matcher seconds = SECONDS.matcher(time);
    if (seconds.matches()) {
      return new AnswerTime(Math.round(Double.parseDouble(seconds.group(1)) * 1e6), false);
    }
    throw new IllegalArgumentException("'" + text + "' is not a time of the form mm:ss.ff");
  }
}
