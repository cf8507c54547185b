package io.chronoscope.cli.run;

import io.chronoscope.domain.Result.Gap;
import io.chronoscope.domain.Result.Gap.Cause;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.render.StreamTimeline.Unseen;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/// What of a stream was not seen, for a timeline: gaps that follow one another for the same reason
/// are one.
final class GapRows {

  private GapRows() {}

  /// @param gaps of each the latest revision
  static List<Unseen> of(Collection<Gap> gaps) {
    List<Unseen> rows = new ArrayList<>();
    for (Gap gap :
        gaps.stream()
            .filter(one -> one.status() != Status.WITHDRAWN)
            .sorted(Comparator.comparing(Gap::startOffsetMs))
            .toList()) {
      Unseen next = new Unseen(gap.startOffsetMs(), gap.endOffsetMs(), why(gap.cause()));
      Unseen before = rows.isEmpty() ? next : rows.getLast();
      if (before != next
          && before.description().equals(next.description())
          && before.endMs() >= next.startMs()) {
        rows.removeLast();
        next =
            new Unseen(
                before.startMs(), Math.max(before.endMs(), next.endMs()), next.description());
      }
      rows.add(next);
    }
    return rows;
  }

  private static String why(Cause cause) {
    return switch (cause) {
      case MISSING -> "no chunk came";
      case UNREADABLE -> "could not be read";
      case CLOCK -> "the clock jumped";
      case NOT_LOOKED -> "not looked at: too far behind";
    };
  }
}
