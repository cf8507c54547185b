package io.chronoscope.search.query;

import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Words that exclude each other: a red car is no blue car, and left is not right. To an embedding
/// they are nearly the same, because they occur in the same sentences.
///
/// The words are in `contrasts.txt`: groups of values, each value with its synonyms.
public final class Contrasts {

  /// The list that comes with the program.
  public static final Contrasts ENGLISH = load("contrasts.txt");

  /// Longest synonym, in words.
  private static final int MAX_WORDS = 3;

  /// After these, "left" is a verb and "right" no direction.
  private static final Set<String> OBJECTS =
      Set.of("the", "a", "an", "his", "her", "their", "its", "this", "that", "behind", "alone");

  private record Value(int group, int value) {}

  private final Map<String, Value> values;

  private Contrasts(Map<String, Value> values) {
    this.values = values;
  }

  private static Contrasts load(String file) {
    Map<String, Value> values = new HashMap<>();
    try (InputStream in = Contrasts.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new FileNotFoundException(file);
      }
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      int group = 0;
      int value = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.isBlank()) {
          group++;
        } else if (!line.startsWith("#")) {
          for (String synonym : line.split(",")) {
            values.put(synonym.strip(), new Value(group, value));
          }
          value++;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
    return new Contrasts(values);
  }

  /// What a text says in words of the list.
  public final class Said {

    /// The values of each group in the order in which they are said.
    private final Map<Integer, List<Integer>> byGroup = new HashMap<>();

    private Said(String text) {
      List<String> words = new ArrayList<>();
      for (String word : text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+")) {
        if (!word.isEmpty()) {
          words.add(word);
        }
      }
      for (int at = 0; at < words.size(); at++) {
        for (int count = Math.min(MAX_WORDS, words.size() - at); count > 0; count--) {
          Value value = values.get(String.join(" ", words.subList(at, at + count)));
          if (value != null && !isVerb(words, at)) {
            byGroup.computeIfAbsent(value.group(), key -> new ArrayList<>()).add(value.value());
            at += count - 1;
            break;
          }
        }
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

  private static boolean isVerb(List<String> words, int at) {
    return words.get(at).equals("left")
        && at + 1 < words.size()
        && OBJECTS.contains(words.get(at + 1))
        && (at == 0 || !words.get(at - 1).equals("the"));
  }

  public Said said(String text) {
    return new Said(text);
  }
}
