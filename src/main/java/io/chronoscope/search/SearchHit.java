package io.chronoscope.search;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A result that fits a search.
///
/// @param score how well it fits, 0 to 1; comparable between searches of the same matching
/// @param text the result's text in pieces, of which some are what was searched for
/// @param grounding what the model saw when it checked the video; empty unless asked for
public record SearchHit(
    IndexedResult result, double score, List<Fragment> text, Optional<Grounding> grounding) {

  public SearchHit {
    text = List.copyOf(text);
  }

  /// A piece of a text; the pieces together are the whole text.
  public record Fragment(String text, Emphasis emphasis) {}

  /// Whether a piece of a text is what was searched for.
  public enum Emphasis {
    NONE,
    MATCH
  }

  /// What the model says about the video itself.
  public sealed interface Grounding {

    /// It is seen, in these bounds.
    ///
    /// @param toleranceMs how far the bounds may be off
    /// @param confidence the model's, 0 to 1
    record Confirmed(Instant start, Instant end, long toleranceMs, double confidence)
        implements Grounding {}

    /// It is not seen.
    record NotConfirmed() implements Grounding {}

    /// The video could not be checked, for instance because it is no longer retained.
    record Unchecked(String reason) implements Grounding {}
  }

  /// The same hit after the model checked the video.
  public SearchHit withGrounding(Grounding checked) {
    return new SearchHit(result, score, text, Optional.of(checked));
  }

  /// Start of the moment: from the video where it was checked, else the result's.
  public Instant start() {
    return grounding.orElse(null) instanceof Grounding.Confirmed confirmed
        ? confirmed.start()
        : result.start();
  }

  /// End of the moment: from the video where it was checked, else the result's.
  public Instant end() {
    return grounding.orElse(null) instanceof Grounding.Confirmed confirmed
        ? confirmed.end()
        : result.end();
  }

  public long toleranceMs() {
    return grounding.orElse(null) instanceof Grounding.Confirmed confirmed
        ? confirmed.toleranceMs()
        : result.toleranceMs();
  }
}
