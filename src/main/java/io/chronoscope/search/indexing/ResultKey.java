package io.chronoscope.search.indexing;

import io.chronoscope.domain.Result;
import io.chronoscope.search.Changes.Change;
import io.chronoscope.search.IndexedResult;
import io.chronoscope.search.ListPosition;
import io.chronoscope.search.TopicChange;
import io.chronoscope.wire.ResultType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What identifies a result in an index.
public record ResultKey(ResultType type, String id) {

  public static ResultKey of(Result result) {
    return new ResultKey(ResultType.of(result), result.id());
  }

  public static ResultKey of(IndexedResult one) {
    return new ResultKey(one.type(), one.id());
  }

  public static ResultKey of(Change.Removed removed) {
    return new ResultKey(removed.type(), removed.id());
  }

  public static ResultKey of(ListPosition position) {
    return new ResultKey(position.type(), position.id());
  }

  /// What a record may change: a tombstone does not say the type of what it removes.
  static List<ResultKey> of(TopicChange change) {
    return switch (change) {
      case TopicChange.Published published -> List.of(of(published.result().result()));
      case TopicChange.Removed removed -> {
        List<ResultKey> keys = new ArrayList<>();
        for (ResultType type : ResultType.values()) {
          if (type.topic() == removed.topic()) {
            keys.add(new ResultKey(type, removed.id()));
          }
        }
        yield keys;
      }
    };
  }

  /// In the order of [ListPosition] among results of the same start.
  public String text() {
    return String.format(Locale.ROOT, "%02d/%s", type.ordinal(), id);
  }
}
