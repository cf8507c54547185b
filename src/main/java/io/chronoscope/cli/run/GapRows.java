package io.chronoscope.cli.run;

import io.chronoscope.domain.Result.Gap;
import io.chronoscope.domain.Result.Gap.Cause;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.render.StreamTimeline.Unseen;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/// Converts a stream's gaps to rows of a timeline. Adjacent gaps with the same cause become one
/// row.
final class GapRows {

  private GapRows() {}

  /// @param gaps the latest revision of each
  static List<Unseen> of(Collection<Gap> gaps) {
    List<Unseen> rows = new ArrayList<>();
    gaps.stream()
        .filter(gap -> gap.status() != Status.WITHDRAWN)
        .sorted(Comparator.comparing(Gap::startOffsetMs))
        .map(gap -> new Unseen(gap.startOffsetMs(), gap.endOffsetMs(), description(gap.cause())))
        .forEach(next -> {
          boolean continues =
              !rows.isEmpty()
                  && rows.getLast().description().equals(next.description())
                  && rows.getLast().endMs() >= next.startMs();
          rows.add(continues ? merged(rows.removeLast(), next) : next);
        });
    return rows;
  }

  private static Unseen merged(Unseen first, Unseen next) {
    return new Unseen(first.startMs(), Math.max(first.endMs(), next.endMs()), first.description());
  }

  private static String description(Cause cause) {
    return switch (cause) {
      case MISSING -> "chunk missing";
      case UNREADABLE -> "chunk unreadable";
      case CLOCK -> "producer's clock jumped";
      case DAMAGED -> "damaged";
      case NOT_LOOKED -> "not analyzed: too far behind";
    };
  }
}
