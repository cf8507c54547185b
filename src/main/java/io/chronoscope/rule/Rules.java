package io.chronoscope.rule;

import java.util.List;

/// The rules in force, as the analysis queries them for each window. Thread-safe.
@FunctionalInterface
public interface Rules {

  Rules NONE = stream -> new Selection(List.of(), List.of());

  /// The rules that apply to a stream at this moment.
  Selection of(String stream);

  /// @param evaluated by falling priority
  /// @param skipped those beyond the limit per window
  record Selection(List<Rule> evaluated, List<Rule> skipped) {

    public Selection {
      evaluated = List.copyOf(evaluated);
      skipped = List.copyOf(skipped);
    }
  }
}
