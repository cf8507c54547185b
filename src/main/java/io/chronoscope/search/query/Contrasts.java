package io.chronoscope.search.query;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// Words that exclude each other: a red car is no blue car, and left is not right. To an embedding
/// they are nearly the same, because they occur in the same sentences, and a rare word for one of
/// them, like crimson, is hardly nearer to red than to blue.
///
/// The words are in `contrasts.txt`: groups of values, each value with its synonyms and the plain
/// word that stands for them.
public final class Contrasts {

  static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+");

  /// The list that comes with the program.
  public static final Contrasts ENGLISH = load("contrasts.txt");

  /// Longest synonym, in words.
  private static final int MAX_WORDS = 3;

  /// Before a color they say which shade of it, and nothing of their own.
  private static final Set<String> SHADES =
      Set.of("dark", "deep", "light", "pale", "bright", "pure");

  /// A value by which the group of colors is known.
  private static final String COLOR = "red";

  /// After these, "left" is a verb and "right" no direction.
  private static final Set<String> OBJECTS =
      Set.of("the", "a", "an", "his", "her", "their", "its", "this", "that", "behind", "alone");

  private record Value(int group, int value) {}

  /// @param plain what a synonym is read as
  /// @param single the same for comparing words
  private record Entry(Value value, String plain, String single) {}

  /// Where a text has an entry.
  ///
  /// @param start index of its first character
  /// @param end index behind its last character
  private record Place(int start, int end, Entry entry) {}

  /// By synonym, its words separated by blanks.
  private final Map<String, Entry> entries;

  /// With which words synonyms begin: most words of a text are none of them.
  private final Set<String> firstWords = new HashSet<>();

  private Contrasts(Map<String, Entry> entries) {
    this.entries = entries;
    entries.keySet().forEach(synonym -> firstWords.add(synonym.split(" ", 2)[0]));
  }

  private static Contrasts load(String file) {
    Map<String, Entry> entries = new HashMap<>();
    int group = 0;
    int value = 0;
    for (String line : WordList.lines(file)) {
      if (line.isBlank()) {
        group++;
      } else {
        String[] parts = line.split("\\s*;\\s*");
        for (String part : parts) {
          String[] synonyms = part.split("\\s*,\\s*");
          // "Moves up" has to meet "moves upwards", so it stays two words.
          String single = parts.length == 1 ? synonyms[0].replace(' ', '_') : synonyms[0];
          for (String synonym : synonyms) {
            entries.put(
                String.join(" ", WORD.matcher(synonym).results().map(MatchResult::group).toList()),
                new Entry(new Value(group, value), synonyms[0], single));
          }
        }
        value++;
      }
    }
    return new Contrasts(entries);
  }

  /// What a text says in words of the list.
  public final class Said {

    /// The values of each group in the order in which they are said.
    private final Map<Integer, List<Integer>> byGroup = new HashMap<>();

    private Said(String text) {
      for (Place place : places(text)) {
        Value value = place.entry().value();
        byGroup.computeIfAbsent(value.group(), key -> new ArrayList<>()).add(value.value());
      }
    }

    /// Whether the other text says something else about what this one speaks of: it has words of
    /// the same group, but not all of this one's in the same order. What turns from red to blue
    /// does not turn from blue to red.
    public boolean isContradictedBy(Said other) {
      return byGroup.entrySet().stream()
          .anyMatch(mine -> {
            List<Integer> others = other.byGroup.get(mine.getKey());
            return others != null && !isWithin(mine.getValue(), others);
          });
    }
  }

  private static boolean isWithin(List<Integer> some, List<Integer> others) {
    int found = 0;
    for (int other : others) {
      if (found < some.size() && some.get(found) == other) {
        found++;
      }
    }
    return found == some.size();
  }

  /// The longest synonyms of a text, in order.
  private List<Place> places(String text) {
    List<MatchResult> found = WORD.matcher(text).results().toList();
    List<String> words = found.stream().map(word -> word.group().toLowerCase(Locale.ROOT)).toList();
    List<Place> places = new ArrayList<>();
    for (int at = 0; at < words.size(); at++) {
      if (!firstWords.contains(words.get(at))) {
        continue;
      }
      for (int count = Math.min(MAX_WORDS, words.size() - at); count > 0; count--) {
        Entry entry = entries.get(String.join(" ", words.subList(at, at + count)));
        if (entry != null && !isVerb(words, at) && !PhrasalVerbs.ENGLISH.isParticle(words, at)) {
          int first = at > 0 && isShade(words.get(at - 1), entry) ? at - 1 : at;
          places.removeIf(one -> one.end() > found.get(first).start());
          places.add(new Place(found.get(first).start(), found.get(at + count - 1).end(), entry));
          at += count - 1;
          break;
        }
      }
    }
    return places;
  }

  private boolean isShade(String word, Entry entry) {
    Entry color = entries.get(COLOR);
    return SHADES.contains(word) && color != null && color.value().group() == entry.value().group();
  }

  private static boolean isVerb(List<String> words, int at) {
    return words.get(at).equals("left")
        && at + 1 < words.size()
        && OBJECTS.contains(words.get(at + 1))
        && (at == 0 || !words.get(at - 1).equals("the"));
  }

  public Said said(String text) {
    return new Said(text);
  }

  /// The text with the plain word in place of each synonym: `a crimson disc rises` says that a red
  /// circle moves up.
  public String inPlainWords(String text) {
    return replaced(text, Entry::plain);
  }

  /// The same, where a plain word of several, such as "goes off", is one word: on their own its
  /// parts mean something else.
  String inSingleWords(String text) {
    return replaced(text, Entry::single);
  }

  private String replaced(String text, Function<Entry, String> by) {
    StringBuilder plain = new StringBuilder();
    int at = 0;
    for (Place place : places(text)) {
      plain.append(text, at, place.start()).append(by.apply(place.entry()));
      at = place.end();
    }
    return plain.append(text, at, text.length()).toString();
  }
}
