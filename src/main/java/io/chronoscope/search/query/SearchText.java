package io.chronoscope.search.query;

import io.chronoscope.search.InvalidQueryException;
import io.chronoscope.search.SearchRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A search text, parsed: words, `"phrases in quotes"` that must occur as written, `-words` that
/// must not occur, and `beginnings*` of words.
///
/// @param plain the text without operators and excluded words, as a sentence
/// @param phrases must occur
/// @param excluded must not occur
/// @param beginnings of words, each at least [#MIN_BEGINNING] letters
public record SearchText(
    String plain, List<String> phrases, List<String> excluded, List<String> beginnings) {

  /// Shorter beginnings would match a large part of all words.
  public static final int MIN_BEGINNING = 3;

  /// Each stands for many words.
  public static final int MAX_BEGINNINGS = 4;

  /// More words cost time and find nothing more.
  public static final int MAX_WORDS = 48;

  public SearchText {
    phrases = List.copyOf(phrases);
    excluded = List.copyOf(excluded);
    beginnings = List.copyOf(beginnings);
  }

  /// @throws InvalidQueryException when a quote is not closed, a `*` is not at the end of a word
  ///   with enough letters, there are too many words, or nothing is left to search for
  public static SearchText parse(String text) {
    List<String> plain = new ArrayList<>();
    List<String> phrases = new ArrayList<>();
    List<String> excluded = new ArrayList<>();
    List<String> beginnings = new ArrayList<>();
    String normal = text.replace('“', '"').replace('”', '"').replace('„', '"');
    int at = 0;
    while (at < normal.length()) {
      char next = normal.charAt(at);
      if (Character.isWhitespace(next) || Character.isISOControl(next)) {
        at++;
      } else if (next == '"') {
        int end = normal.indexOf('"', at + 1);
        if (end < 0) {
          throw invalid(
              "the quote at character %d is not closed; a phrase ends with another \""
                  .formatted(at + 1));
        }
        String phrase = normal.substring(at + 1, end).strip();
        if (!phrase.isEmpty()) {
          phrases.add(phrase);
          plain.add(phrase);
        }
        at = end + 1;
      } else {
        int end = at;
        while (end < normal.length()
            && !Character.isWhitespace(normal.charAt(end))
            && normal.charAt(end) != '"') {
          end++;
        }
        word(normal.substring(at, end), at, plain, excluded, beginnings);
        at = end;
      }
    }
    int words = plain.size() + excluded.size();
    if (words > MAX_WORDS) {
      throw invalid("the search text has %d words; the most are %d".formatted(words, MAX_WORDS));
    }
    if (beginnings.size() > MAX_BEGINNINGS) {
      throw invalid(
          "the search text has %d words with *; the most are %d"
              .formatted(beginnings.size(), MAX_BEGINNINGS));
    }
    String sentence = String.join(" ", plain);
    if (sentence.codePoints().noneMatch(Character::isLetterOrDigit)) {
      throw invalid(
          excluded.isEmpty()
              ? "the search text has no letter or digit"
              : "the search text only excludes; say what to search for as well");
    }
    return new SearchText(sentence, phrases, excluded, beginnings);
  }

  /// A text that nobody wrote as a search text, such as a description, as one: its words without
  /// operators, and no more of them than can be searched for.
  public static String ofWords(String text) {
    List<String> words = new ArrayList<>();
    int length = 0;
    for (String word : text.split("[^\\p{L}\\p{N}'’-]+")) {
      String plain = word.replaceAll("^[-'’]+|[-'’]+$", "");
      length += plain.length() + 1;
      if (length > SearchRequest.MAX_LENGTH || words.size() == MAX_WORDS) {
        break;
      }
      if (!plain.isEmpty()) {
        words.add(plain);
      }
    }
    return String.join(" ", words);
  }

  private static void word(
      String word, int at, List<String> plain, List<String> excluded, List<String> beginnings) {
    int star = word.indexOf('*');
    if (star >= 0) {
      String beginning = word.substring(0, star);
      if (star != word.length() - 1
          || beginning.length() < MIN_BEGINNING
          || !beginning.codePoints().allMatch(Character::isLetterOrDigit)) {
        throw invalid(
            "'%s' at character %d: a * stands at the end of at least %d letters"
                .formatted(printable(word), at + 1, MIN_BEGINNING));
      }
      beginnings.add(beginning.toLowerCase(Locale.ROOT));
      plain.add(beginning);
    } else if (word.length() > 1 && word.charAt(0) == '-' && Character.isLetter(word.charAt(1))) {
      excluded.add(word.substring(1));
    } else {
      plain.add(word);
    }
  }

  /// Control characters of the text must not reach a terminal through the message.
  private static String printable(String word) {
    return word.length() > 40 ? word.substring(0, 40) + "…" : word;
  }

  private static InvalidQueryException invalid(String reason) {
    return new InvalidQueryException("q", reason);
  }
}
