package io.chronoscope.search;

/// A search in words.
///
/// @param text what somebody typed; words, and phrases in double quotes that must occur as written
/// @param limit the most hits, 1 to [#MAX_LIMIT]
/// @param showing which hits it answers
public record SearchRequest(
    String text, ResultFilter filter, Matching matching, int limit, Showing showing) {

  public static final int MAX_LIMIT = 100;

  /// Longer texts are refused: nobody types them, and each word costs time.
  public static final int MAX_LENGTH = 1_000;

  /// How results are matched.
  public enum Matching {
    /// The words of the text, whatever their endings.
    WORDS,
    /// What the text means, in whatever words.
    MEANING,
    /// Both rankings, fused.
    HYBRID
  }

  /// Which hits are answered.
  public enum Showing {
    /// Those that are likely enough to be meant.
    LIKELY,
    /// The best ones, however unlikely, for somebody who checks them.
    BEST
  }

  /// @throws InvalidQueryException when the text is blank or too long, or the limit out of range
  public SearchRequest {
    if (text.isBlank()) {
      throw new InvalidQueryException("q", "the search text is empty");
    }
    if (text.length() > MAX_LENGTH) {
      throw new InvalidQueryException(
          "q",
          "the search text has %d characters; the most are %d"
              .formatted(text.length(), MAX_LENGTH));
    }
    if (limit < 1 || limit > MAX_LIMIT) {
      throw new InvalidQueryException(
          "limit", "%d is not between 1 and %d".formatted(limit, MAX_LIMIT));
    }
  }

  /// For hits that are likely.
  public SearchRequest(String text, ResultFilter filter, Matching matching, int limit) {
    this(text, filter, matching, limit, Showing.LIKELY);
  }

  /// Both by words and by meaning.
  public SearchRequest(String text, ResultFilter filter, int limit) {
    this(text, filter, Matching.HYBRID, limit);
  }

  /// The same for the best hits, however unlikely.
  public SearchRequest showingBest(int most) {
    return new SearchRequest(text, filter, matching, most, Showing.BEST);
  }
}
