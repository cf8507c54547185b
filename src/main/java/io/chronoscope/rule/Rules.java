package io.chronoscope.rule;

import java.util.List;

/// The rules in force, as the analysis asks for them at each window. Thread-safe.
@FunctionalInterface
public interface Rules {

  Rules NONE = stream -> new Selection(List.of(), List.of());

  /// Those for a stream, now.
  Selection of(String stream);

  /// @param judged the most important first
  /// @param leftOut those for which there is no room in a window
  record Selection(List<Rule> judged, List<Rule> leftOut) {

    public Selection {
      judged = List.copyOf(judged);
      leftOut = List.copyOf(leftOut);
    }
  }
}
