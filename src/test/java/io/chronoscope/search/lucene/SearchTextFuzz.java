package io.chronoscope.search.lucene;

import static io.chronoscope.fuzz.Invariants.require;
import static io.chronoscope.fuzz.Invariants.requireText;

import io.chronoscope.search.InvalidQueryException;
import io.chronoscope.search.ListPosition;
import io.chronoscope.search.ResultFilter;
import io.chronoscope.search.SearchHit.Fragment;
import io.chronoscope.search.SearchRequest;
import io.chronoscope.search.query.Contrasts;
import io.chronoscope.search.query.Highlighter;
import io.chronoscope.search.query.SearchText;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import org.apache.lucene.search.BooleanQuery;

/// Fuzz target: what somebody searches for, in the first line, a description in which it is marked,
/// in the second, and a list's cursor, in the third.
public final class SearchTextFuzz {

  private SearchTextFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    String[] lines = new String(input, StandardCharsets.UTF_8).split("\n", 3);
    search(lines[0], lines.length > 1 ? lines[1] : "A red circle moves up.");
    if (lines.length > 2) {
      page(lines[2]);
    }
  }

  private static void search(String query, String description) {
    try {
      SearchRequest request = new SearchRequest(query, ResultFilter.VALID, 10);
      SearchText text = SearchText.parse(request.text());
      require(!text.plain().isBlank(), "nothing to search for");
      var unused = WordQueries.scoring(text).toString();
      WordQueries.require(text, new BooleanQuery.Builder());
      var contradicted =
          Contrasts.ENGLISH
              .said(text.plain())
              .isContradictedBy(Contrasts.ENGLISH.said(description));
      String shown =
          new Highlighter(text)
              .fragments(description).stream().map(Fragment::text).collect(Collectors.joining());
      require(shown.equals(description), "%s is shown as %s".formatted(description, shown));
    } catch (InvalidQueryException e) {
      requireText(e.getMessage());
    }
  }

  private static void page(String cursor) {
    try {
      ListPosition position = ListPosition.parse(cursor);
      require(
          ListPosition.parse(position.token()).equals(position), "%s moves".formatted(position));
    } catch (InvalidQueryException e) {
      requireText(e.getMessage());
    }
  }
}
