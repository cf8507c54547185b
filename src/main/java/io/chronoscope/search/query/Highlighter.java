package io.chronoscope.search.query;

import io.chronoscope.search.SearchHit.Emphasis;
import io.chronoscope.search.SearchHit.Fragment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Marks the words of a text that were searched for.
public final class Highlighter {

  private final Set<String> terms;
  private final List<String> beginnings;

  public Highlighter(SearchText text) {
    this.terms = WordAnalysis.terms(text.plain());
    this.beginnings = text.beginnings();
  }

  /// The whole text in pieces.
  public List<Fragment> fragments(String text) {
    List<Fragment> fragments = new ArrayList<>();
    int at = 0;
    for (WordAnalysis.Word word : WordAnalysis.words(text)) {
      if (isWanted(word)) {
        if (word.start() > at) {
          fragments.add(new Fragment(text.substring(at, word.start()), Emphasis.NONE));
        }
        fragments.add(new Fragment(text.substring(word.start(), word.end()), Emphasis.MATCH));
        at = word.end();
      }
    }
    if (at < text.length()) {
      fragments.add(new Fragment(text.substring(at), Emphasis.NONE));
    }
    return fragments;
  }

  private boolean isWanted(WordAnalysis.Word word) {
    return terms.contains(word.term())
        || beginnings.stream().anyMatch(beginning -> word.term().startsWith(beginning));
  }
}
