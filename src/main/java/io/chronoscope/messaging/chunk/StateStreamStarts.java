package io.chronoscope.messaging.chunk;

import io.chronoscope.analysis.StreamStarts;
import io.chronoscope.analysis.StreamState;
import io.chronoscope.domain.ChunkOrigin;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// Looks up the start of streams that have not ended in their stored states. The state of a stream
/// is on the same partition number as its chunks.
public final class StateStreamStarts implements StreamStarts {

  private final StateReader states;

  public StateStreamStarts(StateReader states) {
    this.states = states;
  }

  @Override
  public Optional<Instant> of(String stream, ChunkOrigin chunk) {
    return states.read(Set.of(chunk.partition())).stream()
        .filter(state -> state.stream().equals(stream))
        .flatMap(state -> state.state().stream())
        .map(StreamState::start)
        .findFirst();
  }
}
