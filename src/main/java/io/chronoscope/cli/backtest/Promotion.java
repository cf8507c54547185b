package io.chronoscope.cli.backtest;

import io.chronoscope.config.ConfigurationException;
import io.chronoscope.domain.StreamPattern;
import io.chronoscope.rule.Rule;
import java.util.List;

/// Decides for which streams a tested rule may be put in force.
final class Promotion {

  private Promotion() {}

  /// The rule for no more streams than were tested, and for no more than the rule selects that it
  /// replaces.
  ///
  /// @param tested the streams that the backtest covers
  /// @throws ConfigurationException if the patterns overlap only in part, so that the streams in
  ///   common cannot be named
  static Rule narrowed(Rule candidate, StreamPattern tested, List<Rule> inForce) {
    StreamPattern streams =
        narrower(
            candidate.streams(), tested, "rule " + candidate.id(), "--stream " + tested.text());
    for (Rule replaced : inForce) {
      if (replaced.id().equals(candidate.id())) {
        streams =
            narrower(
                streams,
                replaced.streams(),
                "streams " + streams.text(),
                "rule %s in force for %s".formatted(replaced.id(), replaced.streams().text()));
      }
    }
    return new Rule(
        candidate.id(),
        candidate.text(),
        streams,
        candidate.threshold(),
        candidate.coolDown(),
        candidate.priority());
  }

  private static StreamPattern narrower(
      StreamPattern one, StreamPattern other, String oneName, String otherName) {
    if (other.covers(one)) {
      return one;
    }
    if (one.covers(other)) {
      return other;
    }
    throw new ConfigurationException(
        "cannot promote: %s selects streams that %s does not".formatted(oneName, otherName));
  }
}
