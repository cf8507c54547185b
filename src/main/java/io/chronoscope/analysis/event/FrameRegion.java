package io.chronoscope.analysis.event;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Region of the frame in which a description places something: "in the upper half", "at the left
/// edge", "in the background". Directions of movement ("from the left", "moves to the right") do
/// not count, because the place changes.
enum FrameRegion {
  LEFT,
  RIGHT,
  UPPER,
  LOWER,
  FRONT,
  BACK;

  private static final Map<String, FrameRegion> WORDS =
      Map.ofEntries(
          Map.entry("left", LEFT),
          Map.entry("right", RIGHT),
          Map.entry("upper", UPPER),
          Map.entry("top", UPPER),
          Map.entry("lower", LOWER),
          Map.entry("bottom", LOWER),
          Map.entry("foreground", FRONT),
          Map.entry("front", FRONT),
          Map.entry("background", BACK),
          Map.entry("back", BACK));

  private static final String WORD = String.join("|", WORDS.keySet());
  private static final Pattern PHRASE =
      Pattern.compile(
          "\\b(?:in|on|at|near|along|within) the ((?:(?:far|very|%1$s)[ -])*(?:%1$s))\\b"
              .formatted(WORD));

  /// The regions that a description names; often none.
  static Set<FrameRegion> of(String description) {
    Set<FrameRegion> regions = EnumSet.noneOf(FrameRegion.class);
    Matcher phrase = PHRASE.matcher(description.toLowerCase(Locale.ROOT));
    while (phrase.find()) {
      for (String word : phrase.group(1).split("[ -]")) {
        FrameRegion region = WORDS.get(word);
        if (region != null) {
          regions.add(region);
        }
      }
    }
    return regions;
  }

  /// Whether two descriptions name opposite regions. A description that names both sides excludes
  /// nothing.
  static boolean exclude(String one, String other) {
    Set<FrameRegion> first = of(one);
    Set<FrameRegion> second = of(other);
    return first.stream()
        .anyMatch(region ->
            second.contains(region.opposite())
                && !second.contains(region)
                && !first.contains(region.opposite()));
  }

  private FrameRegion opposite() {
    return switch (this) {
      case LEFT -> RIGHT;
      case RIGHT -> LEFT;
      case UPPER -> LOWER;
      case LOWER -> UPPER;
      case FRONT -> BACK;
      case BACK -> FRONT;
    };
  }
}
