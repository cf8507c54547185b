package io.chronoscope.analysis;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Result;
import java.util.List;
import java.util.Optional;

/// One step of a stream, the unit that is written as a whole: what is to be published, the state
/// after it, and from where the stream's chunks must be read again to go on from that state.
///
/// @param after the stream's state after this step; empty when the stream is over and its state may
///   go
/// @param resumeFrom while the stream goes on: the first of its records that is still needed; all
///   of its records before that one are done with. When the stream is over (`after` is empty): its
///   last record that was read; that one too is done with. Always the origin of a record that was
///   offered or resumed from, never one worked out
public record StreamCommit(
    String stream, List<Result> results, Optional<StreamState> after, ChunkOrigin resumeFrom) {

  public StreamCommit {
    results = List.copyOf(results);
  }
}
