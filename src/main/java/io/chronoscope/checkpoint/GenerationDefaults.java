package io.chronoscope.checkpoint;

import java.util.List;

/// How the checkpoint wants its answers generated.
///
/// @param eosTokenIds each of them ends an answer; at least one
/// @param repetitionPenalty 1.0 where the checkpoint states none
public record GenerationDefaults(List<Integer> eosTokenIds, double repetitionPenalty) {

  public GenerationDefaults {
    eosTokenIds = List.copyOf(eosTokenIds);
  }
}
