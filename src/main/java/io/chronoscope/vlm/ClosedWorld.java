package io.chronoscope.vlm;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// All that a small checkpoint knows, in the words for it. A checkpoint that was trained on a world
/// of its own answers questions about anything else at random, so its `chronoscope.json` lists its
/// words: what is asked with another word is not there. Published checkpoints have none of this.
///
/// @param names for each kind ("color") its values ("purple") and the phrases that name each of
///   them ("purple", "violet")
/// @param places the phrases that name each half of the picture ("in the upper half")
/// @param fillers phrases that say nothing ("a", "can be seen")
public record ClosedWorld(
    Map<String, Map<String, List<String>>> names,
    Map<FrameHalf, List<String>> places,
    List<String> fillers) {

  private static final Pattern NOT_A_WORD = Pattern.compile("[^\\p{L}\\p{N}-]+");

  /// What a text says in this world.
  ///
  /// @param names the values it names, by kind
  /// @param places the halves of the picture it names
  /// @param unknown words that this world does not have, in order
  /// @param withoutPlaces its words but those that name places
  public record Reading(
      Map<String, Set<String>> names,
      Set<FrameHalf> places,
      List<String> unknown,
      String withoutPlaces) {

    public Reading {
      names = Map.copyOf(names);
      places = Set.copyOf(places);
      unknown = List.copyOf(unknown);
    }

    /// Whether a description of an event names everything that this text names, places apart.
    public boolean isShownBy(Reading description) {
      return names.entrySet().stream()
          .allMatch(kind ->
              description
                  .names()
                  .getOrDefault(kind.getKey(), Set.of())
                  .containsAll(kind.getValue()));
    }
  }

  public ClosedWorld {
    names = Map.copyOf(names);
    places = Map.copyOf(places);
    fillers = List.copyOf(fillers);
  }

  /// A phrase and what it adds to a reading.
  private record Phrase(List<String> words, Optional<FrameHalf> place, String kind, String value) {}

  /// Reads a text, the longest phrases first.
  public Reading read(String text) {
    List<String> original = split(text);
    List<String> words = words(text);
    Map<String, Set<String>> named = new TreeMap<>();
    Set<FrameHalf> halves = EnumSet.noneOf(FrameHalf.class);
    List<String> unknown = new ArrayList<>();
    List<String> rest = new ArrayList<>();
    Map<String, List<Phrase>> phrases = phrases();
    int at = 0;
    while (at < words.size()) {
      int from = at;
      Optional<Phrase> found =
          phrases.getOrDefault(words.get(at), List.of()).stream()
              .filter(phrase -> startsAt(phrase, words, from))
              .max(Comparator.comparingInt(phrase -> phrase.words().size()));
      int length = found.map(phrase -> phrase.words().size()).orElse(1);
      if (found.isEmpty()) {
        unknown.add(words.get(at));
      } else if (found.get().place().isPresent()) {
        halves.add(found.get().place().get());
      } else if (!found.get().kind().isEmpty()) {
        named.computeIfAbsent(found.get().kind(), kind -> new TreeSet<>()).add(found.get().value());
      }
      if (found.flatMap(Phrase::place).isEmpty()) {
        rest.addAll(original.subList(at, at + length));
      }
      at += length;
    }
    return new Reading(named, halves, unknown, String.join(" ", rest));
  }

  private static boolean startsAt(Phrase phrase, List<String> words, int from) {
    int until = from + phrase.words().size();
    return until <= words.size() && words.subList(from, until).equals(phrase.words());
  }

  private Map<String, List<Phrase>> phrases() {
    Map<String, List<Phrase>> byFirst = new HashMap<>();
    names.forEach((kind, values) ->
        values.forEach((value, texts) ->
            texts.forEach(
                text -> add(byFirst, new Phrase(words(text), Optional.empty(), kind, value)))));
    places.forEach((half, texts) ->
        texts.forEach(text -> add(byFirst, new Phrase(words(text), Optional.of(half), "", ""))));
    fillers.forEach(text -> add(byFirst, new Phrase(words(text), Optional.empty(), "", "")));
    return byFirst;
  }

  private static void add(Map<String, List<Phrase>> byFirst, Phrase phrase) {
    byFirst.computeIfAbsent(phrase.words().getFirst(), first -> new ArrayList<>()).add(phrase);
  }

  private static List<String> words(String text) {
    return split(text).stream().map(word -> word.toLowerCase(Locale.ROOT)).toList();
  }

  private static List<String> split(String text) {
    String plain = Normalizer.normalize(text, Normalizer.Form.NFKC);
    return Arrays.stream(NOT_A_WORD.split(plain)).filter(word -> !word.isEmpty()).toList();
  }
}
