package io.chronoscope.wire;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Rejection;
import io.chronoscope.rule.Rule;
import java.util.Optional;

/// What a record on the rules' topic says.
public sealed interface RuleChange {

  /// Where the record lies.
  ChunkOrigin at();

  /// The rule is in force from now on, in the place of one with the same id.
  record Put(ChunkOrigin at, Rule rule) implements RuleChange {}

  record Removed(ChunkOrigin at, String id) implements RuleChange {}

  /// It says nothing that could be understood; what was in force stays.
  ///
  /// @param id of the rule that it was meant for, if it says
  record Malformed(ChunkOrigin at, Optional<String> id, Rejection rejection)
      implements RuleChange {}
}
