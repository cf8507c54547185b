package io.chronoscope.analysis;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Result;
import java.util.List;
import java.util.Optional;

/// One atomic commit of a stream: results to publish, the state after them, and the record from
/// which the stream's chunks must be read again to resume from that state.
///
/// @param state the stream's state after this commit; empty once the stream has ended and its state
///   can be deleted
/// @param resumeFrom while the stream is live: its first record that is still needed; all of its
///   records before that one are done. Once it has ended (`state` is empty): the last of its
///   records that was read, which is done as well. Always the origin of a record that was offered
///   or resumed from, never a computed one
public record StreamCommit(
    String stream, List<Result> results, Optional<StreamState> state, ChunkOrigin resumeFrom) {

  public StreamCommit {
    results = List.copyOf(results);
  }
}
