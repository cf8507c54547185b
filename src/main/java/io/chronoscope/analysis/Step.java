package io.chronoscope.analysis;

import io.chronoscope.model.ChunkOrigin;
import io.chronoscope.model.Result;
import java.util.List;
import java.util.Optional;

/// One step of a stream, the unit that is written as a whole: what is to be published, the state
/// after it, and from where the stream's chunks must be read again to go on from that state.
///
/// @param after the stream's state after this step; empty when the stream is over and its state may
///   go
/// @param resumeFrom the first chunk that is still needed; chunks of this stream before it are done
///   with
public record Step(
    String stream, List<Result> results, Optional<StreamState> after, ChunkOrigin resumeFrom) {

  public Step {
    results = List.copyOf(results);
  }
}
