package io.chronoscope.render;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The color an event is drawn in: the first color its description names, else one chosen by its
/// position in the list.
enum Hue {
  RED(0xE5484D, "38;5;203"),
  ORANGE(0xF2994A, "38;5;215"),
  YELLOW(0xE2B714, "38;5;220"),
  GREEN(0x30A46C, "38;5;71"),
  TEAL(0x12A594, "38;5;37"),
  BLUE(0x3E7BFA, "38;5;75"),
  PURPLE(0x8E4EC6, "38;5;134"),
  PINK(0xD6409F, "38;5;169"),
  WHITE(0xB8BEC9, "38;5;252"),
  GREY(0x6F7787, "38;5;245");

  private static final List<Hue> CYCLE = List.of(TEAL, ORANGE, BLUE, PINK, GREEN, PURPLE);
  private static final Map<String, Hue> NAMED =
      Map.ofEntries(
          Map.entry("red", RED),
          Map.entry("orange", ORANGE),
          Map.entry("yellow", YELLOW),
          Map.entry("green", GREEN),
          Map.entry("blue", BLUE),
          Map.entry("purple", PURPLE),
          Map.entry("violet", PURPLE),
          Map.entry("pink", PINK),
          Map.entry("white", WHITE),
          Map.entry("grey", GREY),
          Map.entry("gray", GREY),
          Map.entry("black", GREY));

  final int rgb;

  /// Parameters of the ANSI escape sequence (SGR).
  final String code;

  Hue(int rgb, String code) {
    this.rgb = rgb;
    this.code = code;
  }

  /// @param position of the event in the list
  static Hue of(String description, int position) {
    for (String word : description.toLowerCase(Locale.ROOT).split("[^a-z]+", -1)) {
      Hue hue = NAMED.get(word);
      if (hue != null) {
        return hue;
      }
    }
    return CYCLE.get(Math.floorMod(position, CYCLE.size()));
  }
}
