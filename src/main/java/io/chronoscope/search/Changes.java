package io.chronoscope.search;

import io.chronoscope.wire.ResultType;
import java.util.List;

/// What changed after a position.
public sealed interface Changes {

  /// Where to go on.
  ChangePosition next();

  /// @param list oldest first; none when nothing changed in time
  record Continued(List<Change> list, ChangePosition next) implements Changes {

    public Continued {
      list = List.copyOf(list);
    }
  }

  /// The index was built anew, or no longer remembers what was removed since that position: read
  /// everything again, then go on from `next`.
  record Restarted(ChangePosition next) implements Changes {}

  sealed interface Change {

    ChangePosition position();

    /// Of which stream.
    String stream();

    /// A result was published, or another revision of one.
    record Upserted(IndexedResult result) implements Change {

      @Override
      public ChangePosition position() {
        return result.changed();
      }

      @Override
      public String stream() {
        return result.stream();
      }
    }

    /// A result is gone: its topic has a tombstone for it.
    record Removed(ChangePosition position, ResultType type, String stream, String id)
        implements Change {}
  }
}
