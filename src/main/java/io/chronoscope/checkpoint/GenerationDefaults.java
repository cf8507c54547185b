package io.chronoscope.checkpoint;

import java.util.List;

/// The checkpoint's generation settings.
///
/// @param eosTokenIds stop tokens, each of which ends an answer; at least one
/// @param repetitionPenalty 1.0 when the checkpoint states none
public record GenerationDefaults(List<Integer> eosTokenIds, double repetitionPenalty) {

  public GenerationDefaults {
    eosTokenIds = List.copyOf(eosTokenIds);
  }
}
