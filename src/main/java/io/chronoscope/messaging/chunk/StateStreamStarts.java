package io.chronoscope.messaging.chunk;

import io.chronoscope.analysis.StreamStarts;
import io.chronoscope.analysis.StreamState;
import io.chronoscope.domain.ChunkOrigin;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// When streams began that are still going on, as their states say. A stream's state lies on the
/// same partition number as its chunks.
public final class StateStreamStarts implements StreamStarts {

  private final StateReader states;

  public StateStreamStarts(StateReader states) {
    this.states = states;
  }

  @Override
  public Optional<Instant> of(String stream, ChunkOrigin chunk) {
    return states.read(Set.of(chunk.partition())).stream()
        .filter(kept -> kept.stream().equals(stream))
        .flatMap(kept -> kept.state().stream())
        .map(StreamState::start)
        .findFirst();
  }
}
