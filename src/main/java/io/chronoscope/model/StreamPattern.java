package io.chronoscope.model;

import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Which streams something is for: a stream id in which `*` stands for any characters, also none.
public record StreamPattern(String text) {

  /// Every stream.
  public static final StreamPattern ANY = new StreamPattern("*");

  public StreamPattern {
    if (text.isBlank()) {
      throw new IllegalArgumentException("a pattern for streams is blank; * stands for all");
    }
  }

  public boolean matches(String stream) {
    // split keeps empty parts, and Pattern has no glob of its own.
    String regex =
        Stream.of(text.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
    return Pattern.compile(regex, Pattern.DOTALL).matcher(stream).matches();
  }
}
