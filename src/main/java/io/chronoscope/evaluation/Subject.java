package io.chronoscope.evaluation;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What a description is about, as far as the generated scenes distinguish objects: a color and a
/// shape, or the light.
///
/// @param colors all colors named; an object that changes its color has two
/// @param shapes all shapes named
/// @param light whether the description mentions the light
record Subject(Set<String> colors, Set<String> shapes, boolean light) {

  private static final Set<String> COLORS =
      Set.of("red", "green", "blue", "yellow", "white", "purple");
  private static final Set<String> SHAPES = Set.of("circle", "square", "triangle", "cross");
  private static final Pattern NOT_A_LETTER = Pattern.compile("[^a-z]+");

  Subject {
    colors = Set.copyOf(colors);
    shapes = Set.copyOf(shapes);
  }

  static Subject of(String description) {
    Set<String> words =
        NOT_A_LETTER
            .splitAsStream(description.toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
    return new Subject(in(words, COLORS), in(words, SHAPES), words.contains("light"));
  }

  private static Set<String> in(Set<String> words, Set<String> known) {
    return words.stream().filter(known::contains).collect(Collectors.toUnmodifiableSet());
  }

  /// Whether a reported event about this subject can match a true event about `truth`: it names the
  /// shape and the color (one of both when it changes), or the light when `truth` is about the
  /// light.
  boolean matches(Subject truth) {
    if (truth.light) {
      return light;
    }
    return truth.shapes.stream().anyMatch(shapes::contains)
        && truth.colors.stream().anyMatch(colors::contains);
  }
}
