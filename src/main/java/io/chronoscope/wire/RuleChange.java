package io.chronoscope.wire;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Rejection;
import io.chronoscope.rule.Rule;
import java.util.Optional;

/// A record of the rules topic.
public sealed interface RuleChange {

  /// The position of the record.
  ChunkOrigin at();

  /// The rule is in force from now on and replaces one with the same id.
  record Put(ChunkOrigin at, Rule rule) implements RuleChange {}

  record Removed(ChunkOrigin at, String id) implements RuleChange {}

  /// A record that is not a rule; a rule in force under its id stays in force.
  ///
  /// @param id of the rule it is meant for, if it has a key
  record Malformed(ChunkOrigin at, Optional<String> id, Rejection rejection)
      implements RuleChange {}
}
