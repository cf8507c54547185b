package io.chronoscope.web.access;

import io.chronoscope.domain.StreamPattern;
import io.chronoscope.web.problem.ProblemException;
import io.chronoscope.web.problem.Reason;
import java.util.List;
import java.util.Set;

/// Who makes a request.
///
/// @param name for the audit log
/// @param roles see [Role]
/// @param streams patterns of the streams that the caller may see; never empty
public record Caller(String name, Set<String> roles, List<StreamPattern> streams) {

  public Caller {
    roles = Set.copyOf(roles);
    streams = List.copyOf(streams);
  }

  public boolean maySee(String stream) {
    return streams.stream().anyMatch(pattern -> pattern.matches(stream));
  }

  /// @throws ProblemException NOT_FOUND, as for a stream that does not exist: the ids of others'
  ///   streams are no concern of the caller
  public void requireStream(String stream) {
    if (!maySee(stream)) {
      throw new ProblemException(Reason.NOT_FOUND, "there is no stream " + stream);
    }
  }

  /// @param pattern selects streams of a rule or a backtest
  /// @throws ProblemException FORBIDDEN when the pattern may select streams that the caller may not
  ///   see
  public void requirePattern(StreamPattern pattern) {
    // A pattern that matches the other's text, stars included, matches whatever that one matches.
    if (!maySee(pattern.text())) {
      throw new ProblemException(
          Reason.FORBIDDEN,
          "the pattern %s selects streams that the caller may not see".formatted(pattern.text()));
    }
  }
}
