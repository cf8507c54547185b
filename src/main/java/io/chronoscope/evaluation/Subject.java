package io.chronoscope.evaluation;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What a description is about, as far as the generated scenes tell things apart: a colour and a
/// shape, or the light.
///
/// @param colours all colours named; a thing that changes colour has two
/// @param shapes all shapes named
/// @param light whether the light is spoken of
public record Subject(Set<String> colours, Set<String> shapes, boolean light) {

  private static final Set<String> COLOURS =
      Set.of("red", "green", "blue", "yellow", "white", "purple");
  private static final Set<String> SHAPES = Set.of("circle", "square", "triangle", "cross");
  private static final Pattern NOT_A_LETTER = Pattern.compile("[^a-z]+");

  public Subject {
    colours = Set.copyOf(colours);
    shapes = Set.copyOf(shapes);
  }

  public static Subject of(String description) {
    Set<String> words =
        NOT_A_LETTER
            .splitAsStream(description.toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
    return new Subject(in(words, COLOURS), in(words, SHAPES), words.contains("light"));
  }

  private static Set<String> in(Set<String> words, Set<String> known) {
    return words.stream().filter(known::contains).collect(Collectors.toUnmodifiableSet());
  }

  /// Whether an answer about this counts for a true event about `truth`: it names the event's shape
  /// and its colour (either one when it changes), or the light when the event is about the light.
  public boolean countsFor(Subject truth) {
    if (truth.light) {
      return light;
    }
    return truth.shapes.stream().anyMatch(shapes::contains)
        && truth.colours.stream().anyMatch(colours::contains);
  }
}
